import { ConvexError, v } from 'convex/values';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from '../procedure/init.ts';
import type { RouteTree } from '../procedure/route-types.ts';
import { json, serve } from './serve.fixture.ts';
import type { Send } from './serve.fixture.ts';

const c = initCRPC
  .context({ action: () => ({ requestedAt: new Date(7) }) })
  .meta<{ role?: string }>()
  .create();

const routes = (tree: RouteTree): Send => serve(c.router(tree));

/** A route that answers with what it was given. */
const http = c.httpAction;

describe('what a handler is given', () => {
  test('the parameters of the path, decoded, and numbers where the schema has them', async () => {
    const get = http
      .get('/teams/:team/members/:index')
      .params(z.object({ team: z.string(), index: z.number() }))
      .query(({ params }) => params);
    const send = routes({ get });
    const answer = await send('/teams/a%20b/members/12');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ team: 'a b', index: 12 });
  });

  test('the query string', async () => {
    const search = http
      .get('/search')
      .searchParams(z.object({ tag: z.array(z.string()), limit: z.number().default(5) }))
      .query(({ searchParams }) => searchParams);
    const send = routes({ search });
    expect(await (await send('/search?tag=a')).json()).toEqual({ tag: ['a'], limit: 5 });
    expect(await (await send('/search?tag=a&tag=b&limit=2')).json()).toEqual({
      tag: ['a', 'b'],
      limit: 2,
    });
  });

  test('a JSON body, Dates included', async () => {
    const echo = http
      .post('/echo')
      .input(z.object({ at: z.date() }))
      .mutation(({ input }) => ({ at: input.at, year: input.at.getUTCFullYear() }));
    const answer = await routes({ echo })('/echo', json({ at: { __crpc_Date: 0 } }));
    expect(await answer.json()).toEqual({ at: { __crpc_Date: 0 }, year: 1970 });
  });

  test('the fields and files of a form', async () => {
    const upload = http
      .post('/upload')
      .form(z.object({ name: z.string(), count: z.number(), file: z.file().optional() }))
      .mutation(async ({ form }) => ({ ...form, file: await form.file?.text() }));
    const send = routes({ upload });
    const urlencoded = new URLSearchParams({ name: 'é&', count: '2' });
    const answer = await send('/upload', { method: 'POST', body: urlencoded });
    expect(await answer.json()).toEqual({ name: 'é&', count: 2 });
    const multipart = new FormData();
    multipart.set('name', 'a');
    multipart.set('count', '1');
    multipart.set('file', new File(['content'], 'a.txt'));
    const withFile = await send('/upload', { method: 'POST', body: multipart });
    expect(await withFile.json()).toEqual({ name: 'a', count: 1, file: 'content' });
  });

  test('the context of actions with what initCRPC adds, its meta, and Hono’s context', async () => {
    const all = http
      .meta({ role: 'admin' })
      .get('/all')
      .query(({ ctx, meta, c: hono }) => {
        hono.status(201);
        hono.header('x-made', 'here');
        return { at: ctx.requestedAt, meta, agent: hono.req.header('user-agent') };
      });
    const answer = await routes({ all })('/all', { headers: { 'user-agent': 'test' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-made')).toBe('here');
    expect(await answer.json()).toEqual({
      at: { __crpc_Date: 7 },
      meta: { role: 'admin' },
      agent: 'test',
    });
  });
});

describe('what goes out', () => {
  test('a value through the output schema, once', async () => {
    const parse = vi.fn((name: string) => name.toUpperCase());
    const get = http
      .get('/name')
      .output(z.string().transform(parse))
      .query(() => 'ada');
    const answer = await routes({ get })('/name');
    expect(await answer.json()).toBe('ADA');
    expect(answer.headers.get('content-type')).toBe('application/json; crpc=1');
    expect(parse).toHaveBeenCalledOnce();
  });

  test('nothing as null', async () => {
    const nothing = http.delete('/nothing').mutation(() => {});
    const answer = await routes({ nothing })('/nothing', { method: 'DELETE' });
    expect(await answer.json()).toBe(null);
  });

  test('a Response as it is', async () => {
    const file = http.get('/file').query(() => new Response('bytes', { status: 203 }));
    const answer = await routes({ file })('/file');
    expect(answer.status).toBe(203);
    expect(await answer.text()).toBe('bytes');
  });

  test('the answer to GET without its body, for HEAD', async () => {
    const get = http.get('/one').query(() => 1);
    const answer = await routes({ get })('/one', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

describe('middleware', () => {
  test('runs in the order written and adds to the context; what fits actions fits routes', async () => {
    const seen: string[] = [];
    const tracing = c.middleware<object>()(async ({ procedure, next }) => {
      seen.push(`${procedure.type} ${procedure.name}`);
      return next({ ctx: { trace: 'on' } });
    });
    const route = http
      .use(tracing)
      .put('/things/:id')
      .params(z.object({ id: z.string() }))
      .input(z.object({ size: z.number() }))
      .use(async ({ ctx, params, input, getRawInput, next }) => {
        seen.push(`${ctx.trace} ${params.id} ${input.size} ${JSON.stringify(getRawInput())}`);
        return next({ ctx: { more: true }, input: { size: 2 } });
      })
      .mutation(({ ctx, input }) => ({ trace: ctx.trace, more: ctx.more, size: input.size }));
    const answer = await routes({ route })('/things/a', {
      ...json({ size: 1, more: 1 }),
      method: 'PUT',
    });
    expect(await answer.json()).toEqual({ trace: 'on', more: true, size: 2 });
    expect(seen).toEqual(['action PUT /things/:id', 'on a 1 {"size":1,"more":1}']);
  });

  test('must return what next() returned', async () => {
    const route = http
      .get('/')
      .use((async () => undefined) as never)
      .query(() => 1);
    const answer = await routes({ route })('/');
    expect(await answer.json()).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'A middleware must return what next() returned',
    });
  });
});

describe('bad requests are answered with code and path, and without the value', () => {
  const send = routes({
    list: http
      .get('/list/:page')
      .params(z.object({ page: z.number() }))
      .searchParams(z.object({ by: z.enum(['name', 'age']) }))
      .query(() => 1),
    add: http
      .post('/add')
      .input(z.object({ tags: z.array(z.string().max(3)) }))
      .mutation(() => 1),
    form: http
      .post('/form')
      .form(z.object({ count: z.number() }))
      .mutation(() => 1),
    byValidator: http
      .get('/validated')
      .searchParams(v.object({ count: v.number(), all: v.optional(v.boolean()) }))
      .query(({ searchParams }) => searchParams),
  });

  async function refusal(answer: Promise<Response>): Promise<unknown> {
    const response = await answer;
    const text = await response.text();
    expect(text).not.toContain('SECRET');
    return { status: response.status, ...JSON.parse(text) };
  }

  const atPath = (...path: (string | number)[]): object => ({
    __crpc: 1,
    status: 400,
    code: 'BAD_REQUEST',
    message: expect.stringContaining(path.join('.')),
    data: { issues: [expect.objectContaining({ path, code: expect.any(String) })] },
  });

  test('a path parameter', async () => {
    expect(await refusal(send('/list/SECRET?by=age'))).toEqual(atPath('params', 'page'));
  });

  test('the query string', async () => {
    expect(await refusal(send('/list/1?by=SECRET'))).toEqual(atPath('searchParams', 'by'));
    expect(await refusal(send('/list/1?by=age&by=name'))).toEqual(atPath('searchParams', 'by'));
    expect(await refusal(send('/validated?count=SECRET'))).toEqual(atPath('searchParams', 'count'));
    expect(await (await send('/validated?count=1&all=true')).json()).toEqual({
      count: 1,
      all: true,
    });
  });

  test('a JSON body', async () => {
    expect(await refusal(send('/add', json({ tags: ['ok', 'SECRET'] })))).toEqual(
      atPath('input', 'tags', 1),
    );
  });

  test('a form', async () => {
    const body = new URLSearchParams({ count: 'SECRET' });
    expect(await refusal(send('/form', { method: 'POST', body }))).toEqual(atPath('form', 'count'));
  });

  test('JSON that is cut off, not JSON, or not UTF-8', async () => {
    const headers = { 'content-type': 'application/json' };
    const bodies = ['', '{"tags":["SECRET', 'SECRET', new Uint8Array([0x22, 0xff, 0x22])];
    for (const body of bodies) {
      expect(await refusal(send('/add', { method: 'POST', headers, body }))).toMatchObject({
        status: 400,
        code: 'PARSE_ERROR',
      });
    }
  });

  test('a body whose connection broke', async () => {
    for (const [path, type] of [
      ['/add', 'application/json'],
      ['/form', 'multipart/form-data; boundary=x'],
    ] as const) {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"tags":'));
          controller.error(new Error('SECRET'));
        },
      });
      const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' };
      expect(await refusal(send(path, init as RequestInit))).toMatchObject({
        status: 400,
        code: 'PARSE_ERROR',
      });
    }
  });

  test('a tag with a broken payload, and one of a codec that is not there', async () => {
    for (const tags of [{ __crpc_Date: 'SECRET' }, { __crpc_Map: [] }]) {
      expect(await refusal(send('/add', json({ tags })))).toMatchObject({
        status: 400,
        code: 'PARSE_ERROR',
        data: { path: 'tags' },
      });
    }
  });

  test.each([
    ['/add', 'text/plain'],
    ['/add', 'application/x-www-form-urlencoded'],
    ['/form', 'application/json'],
    ['/form', 'multipart/form-data'],
  ])('%s of type %s', async (path, type) => {
    expect(await refusal(send(path, json({ tags: [] }, type)))).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  test.each([
    ['/add', 'application/json', '"', '"'],
    ['/form', 'application/x-www-form-urlencoded', 'count=1&more=', ''],
    [
      '/form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="count"\r\n\r\n1',
      '\r\n--x--\r\n',
    ],
  ])('what is too large for %s of type %s, declared or not', async (path, type, start, end) => {
    const fits = `${start}${end}`;
    const tooLarge = `${start}${'1'.repeat(16 * 1024 * 1024)}${end}`;
    const headers = { 'content-type': type };
    const small = await send(path, { method: 'POST', headers, body: fits });
    expect([200, 400]).toContain(small.status);
    for (const more of [{}, { 'content-length': String(tooLarge.length) }]) {
      const init = { method: 'POST', headers: { ...headers, ...more }, body: tooLarge };
      expect(await refusal(send(path, init))).toMatchObject({
        status: 413,
        code: 'PAYLOAD_TOO_LARGE',
      });
    }
  });

  test('a path that nobody has, and a method that it does not answer to', async () => {
    expect(await refusal(send('/nowhere'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const wrong = await send('/add');
    expect(wrong.headers.get('allow')).toBe('POST');
    expect(await refusal(Promise.resolve(wrong))).toMatchObject({
      status: 405,
      code: 'METHOD_NOT_SUPPORTED',
    });
    const post = await send('/list/1', { method: 'POST' });
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('what a handler throws', () => {
  const throwing = (error: unknown): Promise<Response> =>
    routes({
      fail: http.get('/').query(() => {
        throw error;
      }),
    })('/');

  test('a CRPCError goes out with the status of its code, and its data', async () => {
    const answer = await throwing(
      new CRPCError({ code: 'CONFLICT', message: 'Taken', data: { since: new Date(1) } }),
    );
    expect(answer.status).toBe(409);
    expect(await answer.json()).toEqual({
      __crpc: 1,
      code: 'CONFLICT',
      message: 'Taken',
      data: { since: { __crpc_Date: 1 } },
    });
  });

  test('so does one with a code and a status that a procedure declared', async () => {
    const answer = await throwing(new CRPCError({ code: 'OUT_OF_STOCK', status: 410 }));
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ code: 'OUT_OF_STOCK', status: 410 });
  });

  test('a declared error goes out with its status, and data that its schema has made', async () => {
    const shop = http
      .errors({ OUT_OF_STOCK: { status: 409, data: z.object({ left: z.number() }) } })
      .errors({ CLOSED: { status: 423, message: 'Come back later' } });
    const send = routes({
      stock: shop.get('/stock').query(({ errors }) => {
        throw errors.OUT_OF_STOCK({ left: 0, more: 1 } as { left: number });
      }),
      closed: shop
        .get('/closed')
        .use(async ({ errors }) => {
          throw errors.CLOSED();
        })
        .query(() => null),
      byHand: shop.get('/by-hand').query(() => {
        throw new CRPCError({ code: 'OUT_OF_STOCK', data: { left: '0' } });
      }),
      elsewhere: http.get('/elsewhere').query(() => {
        throw new CRPCError({ code: 'OUT_OF_STOCK', status: 418, data: { left: '0' } });
      }),
    });
    const stock = await send('/stock');
    expect(stock.status).toBe(409);
    expect(await stock.json()).toEqual({
      __crpc: 1,
      code: 'OUT_OF_STOCK',
      message: 'OUT_OF_STOCK',
      status: 409,
      data: { left: 0 },
    });
    const closed = await send('/closed');
    expect(closed.status).toBe(423);
    expect(await closed.json()).toMatchObject({ code: 'CLOSED', message: 'Come back later' });
    const byHand = await send('/by-hand');
    expect(byHand.status).toBe(500);
    expect(await byHand.json()).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Data of the error OUT_OF_STOCK does not fit its schema: left invalid_type',
    });
    expect((await send('/elsewhere')).status).toBe(418);
  });

  test('what cannot be a declared error is refused where it is declared', () => {
    const codes = { NOT_FOUND: { status: 404 } };
    expect(() => http.errors(codes as never)).toThrow('the code NOT_FOUND is taken');
    const declared = http.get('/').errors({ CLOSED: { status: 423 } });
    expect(() => declared.errors({ CLOSED: { status: 423 } } as never)).toThrow('is taken');
    expect(() => http.errors({ FINE: { status: 200 } })).toThrow('from 400 to 599');
  });

  test('so does one that Convex has brought from another function', async () => {
    const answer = await throwing(new ConvexError({ __crpc: 1, code: 'FORBIDDEN', message: 'No' }));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ __crpc: 1, code: 'FORBIDDEN', message: 'No' });
  });

  test('of anything else nothing goes out, and it is logged', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const error of [new Error('SECRET'), 'SECRET', new ConvexError('SECRET'), undefined]) {
      const answer = await throwing(error);
      expect(answer.status).toBe(500);
      expect(await answer.json()).toEqual({
        __crpc: 1,
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Internal server error',
      });
    }
    expect(log).toHaveBeenCalledTimes(4);
    log.mockRestore();
  });

  test('a result that does not fit its schema or the wire names the path', async () => {
    const send = routes({
      schema: http
        .get('/schema')
        .output(z.object({ id: z.string() }))
        .query(() => ({ id: 1 }) as never),
      wire: http.get('/wire').query(() => ({ deep: [new WeakMap()] })),
    });
    expect(await (await send('/schema')).json()).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Output does not fit its schema: id invalid_type',
    });
    const wire = await send('/wire');
    expect(wire.status).toBe(500);
    expect(await wire.json()).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      data: { path: 'deep[0]' },
    });
  });

  test('Hono’s own exceptions are for the app', async () => {
    const answer = await throwing(new HTTPException(418, { message: 'teapot' }));
    expect([answer.status, await answer.text()]).toEqual([418, 'teapot']);
  });

  test('a bad token is UNAUTHORIZED when the route asks who it is', async () => {
    const send = routes({ me: http.get('/me').query(({ ctx }) => ctx.auth.getUserIdentity()) });
    const refuses = { getUserIdentity: () => Promise.reject(new Error('SECRET')) };
    const refused = await send('/me', { ctx: { auth: refuses } });
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain('SECRET');
    const knows = { getUserIdentity: async () => ({ subject: 'ada' }) };
    expect(await (await send('/me', { ctx: { auth: knows } })).json()).toEqual({ subject: 'ada' });
  });
});

test('a Hono app keeps its middleware and its own routes', async () => {
  const app = new Hono();
  app.use(async (hono, next) => {
    await next();
    hono.header('x-seen', 'yes');
  });
  app.get('/own', (hono) => hono.text('own'));
  const send = serve(c.router({ get: http.get('/typed').query(() => 1) }), app);
  for (const path of ['/own', '/typed', '/nowhere']) {
    expect((await send(path)).headers.get('x-seen')).toBe('yes');
  }
  expect(await (await send('/own')).text()).toBe('own');
});
