import { headers } from 'next/headers';
import { cache } from 'react';
import { createCaller, createContext } from '@/lib/convex/server';

/** The context of the request being rendered: made once, however many components ask for it. */
const requestContext = cache(async () => createContext({ headers: await headers() }));

/** For server components and server actions: makes the context when it is called. */
export const caller = createCaller(requestContext);
