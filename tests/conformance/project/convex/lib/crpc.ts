import { initCRPC } from '../functions/generated/server';
import { transformer } from './transformer';

export const c = initCRPC.create({ transformer });
