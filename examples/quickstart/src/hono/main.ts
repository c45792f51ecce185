import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isCRPCError } from 'kitcn/crpc';
import { convex } from '@/hono/convex';

const app = new Hono()
  .use(convex)
  .get('/users', async (c) => c.json(await c.get('convex').caller.user.list({})))
  .post('/users', async (c) => {
    const { caller } = c.get('convex');
    return c.json({ id: await caller.user.create(await c.req.json()) }, 201);
  })
  // One request, one moment: the two lists cannot contradict each other.
  .get('/overview', async (c) => {
    const { snapshot } = c.get('convex');
    const { users, items } = await snapshot((q) => ({
      users: q.user.list({}),
      items: q.items.queries.list({}),
    }));
    return c.json({ users: users.length, items: items.length });
  });

app.onError((error, c) => {
  if (!isCRPCError(error)) throw error;
  const { code, message, data, status } = error;
  return c.json({ code, message, data }, status as ContentfulStatusCode);
});

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (address) => {
  console.log(`http://127.0.0.1:${address.port}`);
});
