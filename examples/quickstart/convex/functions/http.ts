import { zid } from 'convex-helpers/server/zod4';
import { Hono } from 'hono';
import { createHttpRouter } from 'kitcn/http';
import { z } from 'zod';
import { publicRoute, router } from '../lib/crpc';
import { createUserCaller } from './generated/user.runtime';

const get = publicRoute
  .get('/users/:id')
  .params(z.object({ id: zid('user') }))
  .output(z.object({ name: z.string(), createdAt: z.date() }))
  .query(async ({ ctx, params }) => {
    const { name, createdAt } = await createUserCaller(ctx).getById(params);
    return { name, createdAt };
  });

const create = publicRoute
  .post('/users')
  .input(z.object({ name: z.string().min(1), email: z.email() }))
  .output(z.object({ id: zid('user') }))
  .mutation(async ({ ctx, input, c }) => {
    const id = await createUserCaller(ctx).create(input);
    c.status(201);
    return { id };
  });

export const appRouter = router({ users: { get, create } });

export default createHttpRouter(new Hono(), appRouter);
