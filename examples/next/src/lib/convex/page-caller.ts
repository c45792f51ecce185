import { api } from '@convex/api';
import { isCRPCError } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { getToken } from './get-token';

const { createContext, createCaller } = createCallerFactory({
  api,
  convexSiteUrl: process.env.NEXT_PUBLIC_CONVEX_SITE_URL!,
  auth: { getToken },
  interceptors: [
    async (_call, next) => {
      try {
        return await next();
      } catch (error) {
        if (!isCRPCError(error)) throw error;
        // What these two throw steers Next.js, and passes through the call untouched. A deployment that does not have the
        // procedure says NOT_FOUND as well, and that is no page's fault.
        if (error.code === 'NOT_FOUND' && error.origin === 'function') notFound();
        if (error.code === 'UNAUTHORIZED') redirect('/login');
        throw error;
      }
    },
  ],
});

/** For pages that stand or fall with their call: what is not there is a 404, who is not signed in is asked to. */
export const pageCaller = createCaller(async () => createContext({ headers: await headers() }));
