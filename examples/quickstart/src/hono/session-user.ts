import { createMiddleware } from 'hono/factory';
import { createContext } from '@/lib/convex/server';

type SessionUser = Awaited<
  ReturnType<Awaited<ReturnType<typeof createContext>>['caller']['user']['getSessionUser']>
>;

/** Sets `user` to who is signed in; a request of nobody ends with the procedure's `UNAUTHORIZED`. */
export const sessionUser = createMiddleware<{ Variables: { user: SessionUser } }>(
  async (c, next) => {
    const ctx = await createContext({ headers: c.req.raw.headers });
    const user = await ctx.caller.user.getSessionUser({});

    c.set('user', user);
    await next();
  },
);
