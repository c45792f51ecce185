import { initCRPC } from '../functions/generated/server';

export const c = initCRPC.create();
