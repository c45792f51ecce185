import { v } from 'convex/values';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { CRPCError } from 'kitcn/crpc';
import { createHttpRouter } from 'kitcn/http';
import { z } from 'zod';
import { c } from '../lib/crpc';
import { offer, offers, refuse, stock } from '../lib/offers';
import { createShopCaller } from './generated/shop.runtime';
import { createTargetCaller } from './generated/target.runtime';

const http = c.httpAction;
const kind = z.object({ kind: z.enum(['crpc', 'convex', 'other']) });

const echo = http
  .post('/echo')
  .input(z.any())
  .mutation(({ input }): unknown => input);

const search = http
  .get('/search/:scope/:page{[0-9]+}')
  .params(z.object({ scope: z.string(), page: z.number() }))
  .searchParams(
    z.object({
      tags: z.array(z.string()).default([]),
      since: z.date().optional(),
      size: z.bigint().optional(),
      exact: z.boolean().optional(),
    }),
  )
  .query(({ params, searchParams }) => ({ ...params, ...searchParams }));

const upload = http
  .put('/files/:name')
  .params(v.object({ name: v.string() }))
  .form(z.object({ file: z.file(), tags: z.array(z.string()), size: z.number() }))
  .output(z.object({ name: z.string(), text: z.string(), tags: z.array(z.string()) }))
  .mutation(async ({ params, form }) => ({
    name: params.name,
    text: await form.file.text(),
    tags: form.tags,
  }));

const settings = http
  .patch('/settings')
  .form(z.object({ volume: z.number().optional(), muted: z.boolean() }))
  .mutation(({ form }) => form);

const fail = http
  .get('/fail/:kind')
  .params(kind)
  .query(({ params }) => {
    if (params.kind === 'other') throw new TypeError('the password is hunter2');
    throw new CRPCError({ code: 'CONFLICT', message: 'taken', data: { at: new Date(5) } });
  });

const failInside = http
  .get('/fail-inside/:kind')
  .params(kind)
  .query(async ({ ctx, params }) => createTargetCaller(ctx).failMutation(params));

const whoAmI = http.get('/me').query(({ ctx }) => ctx.auth.getUserIdentity());

const add = http
  .post('/notes')
  .input(z.object({ text: z.string().max(99), fails: z.boolean().optional() }))
  .output(z.null())
  .mutation(async ({ ctx, input, c: hono }) => {
    await createTargetCaller(ctx).addNote(input);
    hono.status(201);
    return null;
  });

const list = http
  .get('/notes')
  .output(z.array(z.string()))
  .query(({ ctx }) => createTargetCaller(ctx).notes({}));

const text = http
  .get('/text')
  .query(({ c: hono }) => hono.text(hono.req.header('x-word') ?? 'none', 203));

const shop = http.errors(stock);

const buy = shop
  .post('/shop/buy')
  .errors(offers)
  .input(offer)
  .output(z.null())
  .mutation(({ errors, input }) => refuse(input.kind, errors));
/** One without a declared result. */
const look = shop
  .errors(offers)
  .get('/shop/:kind')
  .params(offer)
  .query(({ errors, params }) => refuse(params.kind, errors));
/** One whose middleware refuses, and whose handler would not. */
const enter = shop
  .errors(offers)
  .post('/shop/enter')
  .input(offer)
  .use(async ({ errors, input }) => refuse(input.kind, errors))
  .mutation(() => null);
/** One that lets pass what a procedure throws. */
const relay = shop
  .post('/shop/relay')
  .input(offer)
  .output(z.null())
  .errors(offers)
  .mutation(({ ctx, input }) => createShopCaller(ctx).buy(input));

const app = new Hono();
app.use('/notes', cors({ origin: 'https://app.example' }));

export default createHttpRouter(
  app,
  c.router({
    echo,
    search,
    files: { upload },
    settings,
    failures: c.router({ fail, failInside }),
    whoAmI,
    notes: { add, list },
    text,
    shop: { buy, look, enter, relay },
  }),
);
