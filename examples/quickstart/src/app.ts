import { Hono } from 'hono';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isCRPCError, safe } from 'kitcn/crpc';
import { POST as usage } from '@/app/api/usage/route';
import { GET as listUsers } from '@/app/api/users/route';
import { sessionUser } from '@/hono/session-user';
import { createContext } from '@/lib/convex/server';
import * as withoutAuth from '@/lib/convex/server-without-auth';
import type { Id } from '../convex/functions/_generated/dataModel';

export const app = new Hono();

const contextOf = (c: Context) => createContext({ headers: c.req.raw.headers });

/** Every error of a server-side call arrives here with its code and its data. */
app.onError((error, c) => {
  if (isCRPCError(error)) {
    const { code, message, data, status } = error;
    return c.json({ code, message, data }, status as ContentfulStatusCode);
  }
  if (error instanceof HTTPException) return error.getResponse();
  console.error(error);
  return c.json({ code: 'INTERNAL_SERVER_ERROR' }, 500);
});

app.get('/', (c) => c.text('The quickstart of kitcn: try /api/users'));

app.get('/api/users', (c) => listUsers(c.req.raw));
app.post('/api/usage', (c) => usage(c.req.raw));

app.get('/me', sessionUser, (c) => c.json(c.get('user')));

app.post('/users', async (c) => {
  const ctx = await contextOf(c);
  return c.json({ id: await ctx.caller.user.create(await c.req.json()) }, 201);
});

app.get('/users/:id', async (c) => {
  const ctx = await contextOf(c);
  return c.json(await ctx.caller.user.getById({ id: c.req.param('id') as Id<'user'> }));
});

/** The typed route `GET /users/:id` of the deployment's own site. */
app.get('/profiles/:id', async (c) => {
  const ctx = await contextOf(c);
  return c.json(await ctx.caller.http.users.get({ params: { id: c.req.param('id') } }));
});

app.post('/teams', async (c) => {
  const ctx = await contextOf(c);
  const [error, id] = await safe(ctx.caller.teams.create(await c.req.json()));
  if (error?.code === 'NAME_TAKEN') return c.redirect(`/teams/${error.data.by}`, 303);
  if (error) throw error;
  return c.json({ id }, 201);
});

app.get('/teams/:id', async (c) => {
  const ctx = await contextOf(c);
  return c.json(await ctx.caller.teams.overview({ teamId: c.req.param('id') }));
});

/** The lazy caller makes its context when it is called. */
app.get('/items', async (c) => {
  const caller = withoutAuth.createCaller(() =>
    withoutAuth.createContext({ headers: c.req.raw.headers }),
  );
  return c.json(await caller.items.queries.list({}));
});

app.post('/items', async (c) => {
  const ctx = await contextOf(c);
  return c.json({ id: await ctx.caller.items.writes.add(await c.req.json()) }, 201);
});

app.post('/items/import', async (c) => {
  const ctx = await contextOf(c);
  return c.json(await ctx.caller.items.writes.importAll(await c.req.json()));
});
