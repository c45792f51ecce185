import { api } from '@convex/api';
import { createCallerFactory } from 'kitcn/server';
import { getToken } from './get-token';

export const { createContext, createCaller } = createCallerFactory({
  api,
  convexSiteUrl: process.env.NEXT_PUBLIC_CONVEX_SITE_URL!,
  auth: { getToken },
});
