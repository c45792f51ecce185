import { createMiddleware } from 'hono/factory';
import { createContext } from '@/lib/convex/server';

type Convex = Awaited<ReturnType<typeof createContext>>;

/** Gives each request its context: `c.get('convex')`, typed in every handler behind it. */
export const convex = createMiddleware<{ Variables: { convex: Convex } }>(async (c, next) => {
  const { headers, signal } = c.req.raw;
  c.set('convex', await createContext({ headers, signal }));
  await next();
});
