import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import { createHttpRouter } from '../../packages/kitcn/src/http/create-http-router.ts';
import { initCRPC } from '../../packages/kitcn/src/procedure/init.ts';

/** One way to serve the same two routes. */
export interface Contender {
  name: string;
  app: Hono;
}

export const BY_HAND = 'by hand on Hono';
export const KITCN = 'kitcn';

const params = z.object({ id: z.string().min(1) });
const searchParams = z.object({ limit: z.coerce.number<string>().int().max(100) });
const input = z.object({ name: z.string().min(1), email: z.string(), age: z.number().int() });
const output = z.object({
  id: z.string(),
  name: z.string(),
  age: z.number(),
  tags: z.array(z.string()),
});

const TAGS = ['a', 'b', 'c'];

function byHand(): Hono {
  const app = new Hono();
  const refuse = (c: Context, error: z.ZodError): Response =>
    c.json({ code: 'BAD_REQUEST', issues: error.issues }, 400);
  app.post('/users/:id', async (c) => {
    const path = params.safeParse(c.req.param());
    if (!path.success) return refuse(c, path.error);
    const body = input.safeParse(await c.req.json());
    if (!body.success) return refuse(c, body.error);
    const { name, age } = body.data;
    return c.json(output.parse({ id: path.data.id, name, age, tags: TAGS }));
  });
  app.get('/users/:id', async (c) => {
    const path = params.safeParse(c.req.param());
    if (!path.success) return refuse(c, path.error);
    const query = searchParams.safeParse(c.req.query());
    if (!query.success) return refuse(c, query.error);
    return c.json(
      output.parse({ id: path.data.id, name: 'Ada', age: query.data.limit, tags: TAGS }),
    );
  });
  return app;
}

function typed(): Hono {
  const c = initCRPC.create();
  const app = new Hono();
  const update = c.httpAction
    .post('/users/:id')
    .params(params)
    .input(input)
    .output(output)
    .mutation(({ params: { id }, input: { name, age } }) => ({ id, name, age, tags: TAGS }));
  const get = c.httpAction
    .get('/users/:id')
    .params(params)
    .searchParams(searchParams)
    .output(output)
    .query(({ params: { id }, searchParams: { limit } }) => ({
      id,
      name: 'Ada',
      age: limit,
      tags: TAGS,
    }));
  createHttpRouter(app, c.router({ update, get }));
  return app;
}

export const CONTENDERS: readonly Contender[] = [
  { name: BY_HAND, app: byHand() },
  { name: KITCN, app: typed() },
];
