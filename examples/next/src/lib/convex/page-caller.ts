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
        // What these two throw steers Next.js, and passes through the call untouched.
        if (isCRPCError(error) && error.code === 'NOT_FOUND') notFound();
        if (isCRPCError(error) && error.code === 'UNAUTHORIZED') redirect('/login');
        throw error;
      }
    },
  ],
});

/** For pages that stand or fall with their call: what is not there is a 404, who is not signed in is asked to. */
export const pageCaller = createCaller(async () => createContext({ headers: await headers() }));
