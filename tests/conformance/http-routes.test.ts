import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { CRPCError } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { transformer } from './project/convex/lib/transformer.ts';
import { api } from './project/convex/shared/api.ts';
import type { Api } from './project/convex/shared/api.ts';

type Context = Awaited<ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>>;

const projectDir = fileURLToPath(new URL('project', import.meta.url));
const logs: string[] = [];
let backend: Backend;
let http: Context['caller']['http'];

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: (line) => logs.push(line) });
  const { siteUrl: convexSiteUrl } = backend;
  const factory = createCallerFactory({ api, convexSiteUrl, transformer });
  http = (await factory.createContext({ headers: new Headers() })).caller.http;
});

afterAll(() => backend?.close());

const send = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${backend.siteUrl}${path}`, init);

describe('by a typed caller', () => {
  test.each<[string, unknown]>([
    ['plain JSON', { a: [1, 'two', null, true] }],
    ['Dates, codecs and numbers that JSON lacks', [new Date(1), new Map([[1n, new Set([NaN])]])]],
    ['what looks like a tag', { __crpc_Date: 'no', a: { ___crpc_Map: [] } }],
    ['bytes', { bytes: new Uint8Array([1, 2]).buffer }],
  ])('%s goes there and back', async (_, value) => {
    expect(await http.echo({ input: value })).toStrictEqual(value);
  });

  test('texts of path and query become what their schemas ask for', async () => {
    const found = await http.search({
      params: { scope: 'a/ü ?', page: 2 },
      searchParams: { tags: ['x&y', ''], since: new Date(7), size: 2n ** 60n, exact: false },
    });
    expectTypeOf(found.size).toEqualTypeOf<bigint | undefined>();
    expect(found).toEqual({
      scope: 'a/ü ?',
      page: 2,
      tags: ['x&y', ''],
      since: new Date(7),
      size: 2n ** 60n,
      exact: false,
    });
    expect(await http.search({ params: { scope: 'a', page: 1 } })).toEqual({
      scope: 'a',
      page: 1,
      tags: [],
    });
  });

  test('forms, with files and without', async () => {
    const file = new File(['content'], 'a.txt');
    expect(
      await http.files.upload({ params: { name: 'a.txt' }, form: { file, tags: ['x'], size: 1 } }),
    ).toEqual({ name: 'a.txt', text: 'content', tags: ['x'] });
    expect(await http.settings({ form: { volume: 1.5, muted: true } })).toEqual({
      volume: 1.5,
      muted: true,
    });
  });

  test('procedures inside a route: what they write stays, what they throw arrives', async () => {
    expect(await http.notes.add({ input: { text: 'kept' } })).toBe(null);
    await expect(http.notes.add({ input: { text: 'lost', fails: true } })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await http.notes.list({})).toEqual(['kept']);
  });

  test('errors arrive as they were thrown, and of others nothing does', async () => {
    const { fail, failInside } = http.failures;
    for (const call of [fail, failInside]) {
      const error = await call({ params: { kind: 'crpc' } }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CRPCError);
      expect(error).toMatchObject({
        code: 'CONFLICT',
        message: 'taken',
        data: { at: new Date(5) },
        origin: 'function',
      });
      await expect(call({ params: { kind: 'other' } })).rejects.toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Internal server error',
        data: undefined,
      });
    }
    expect(logs.some((line) => line.includes('hunter2'))).toBe(true);
  });

  test('a response that the handler made is the caller’s', async () => {
    const response = await http.text({});
    expectTypeOf(response).toEqualTypeOf<Response>();
    expect([response.status, await response.text()]).toEqual([203, 'none']);
  });

  test('a codec that the other side lacks is named', async () => {
    const factory = createCallerFactory({ api, convexSiteUrl: backend.siteUrl });
    const { caller } = await factory.createContext({ headers: new Headers() });
    await expect(caller.http.echo({ input: new Map() })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      origin: 'client',
      data: { path: 'the value itself' },
    });
    await expect(caller.http.echo({ input: { __crpc_Map: 1 } })).resolves.toEqual({
      __crpc_Map: 1,
    });
  });

  test('a token that the deployment refuses is refreshed, once', async () => {
    const asked: unknown[] = [];
    const factory = createCallerFactory({
      api,
      convexSiteUrl: backend.siteUrl,
      auth: {
        getToken: async (_url, _headers, options) => {
          asked.push(options);
          return { token: 'no.such.token' };
        },
      },
    });
    const { caller } = await factory.createContext({ headers: new Headers() });
    await expect(caller.http.whoAmI({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(asked).toEqual([undefined, { forceRefresh: true }]);
    expect(await caller.http.whoAmI({}, { skipUnauth: true })).toBe(null);
    expect(await http.whoAmI({})).toBe(null);
  });
});

describe('by any client', () => {
  const headers = { 'content-type': 'application/json' };
  const post = (body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
    send('/notes', { method: 'POST', headers, body });

  test('plain JSON in and out, with the status that the handler set', async () => {
    const answer = await post('{"text":"plain"}');
    expect([answer.status, await answer.text()]).toEqual([201, 'null']);
    const list = await send('/notes');
    expect(await list.json()).toContain('plain');
  });

  test.each<[string, () => Promise<Response>, number, string]>([
    ['JSON that is cut off', () => post('{"text":"SEC'), 400, 'PARSE_ERROR'],
    ['no JSON', () => post('SECRET'), 400, 'PARSE_ERROR'],
    ['no UTF-8', () => post(new Uint8Array([0xff])), 400, 'PARSE_ERROR'],
    ['a value that is too long', () => post(`{"text":"${'S'.repeat(100)}"}`), 400, 'BAD_REQUEST'],
    [
      'a form where JSON is due',
      () => send('/notes', { method: 'POST', body: new URLSearchParams({ text: 'SECRET' }) }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'more than 16 MiB of JSON',
      () => post(JSON.stringify('S'.repeat(17 * 1024 * 1024))),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['a bad parameter', () => send('/fail/SECRET'), 400, 'BAD_REQUEST'],
    ['a bad query string', () => send('/search/a/1?exact=SECRET'), 400, 'BAD_REQUEST'],
    ['a path that no route has', () => send('/SECRET'), 404, 'NOT_FOUND'],
    ['a wrong method', () => send('/settings'), 405, 'METHOD_NOT_SUPPORTED'],
  ])('%s', async (_, request, status, code) => {
    const answer = await request();
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ __crpc: 1, code });
    expect(answer.status).toBe(status);
    expect(text).not.toMatch(/SECRET|SSS/);
  });

  /** The first line of the answer to a request whose sender hangs up in the middle of the body. */
  async function hangUp(length: number): Promise<string> {
    const { hostname, port } = new URL(backend.siteUrl);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const head = ['POST /notes HTTP/1.1', 'Host: a', 'Content-Type: application/json'];
    socket.end([...head, `Content-Length: ${length}`, '', '{"text":"cut'].join('\r\n'));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer.split('\r\n')[0] ?? '';
  }

  test('a body that is cut off, and one that is too large for the deployment itself', async () => {
    expect(await hangUp(99)).toBe('HTTP/1.1 400 Bad Request');
    expect(await hangUp(21 * 1024 * 1024)).toBe('HTTP/1.1 413 Payload Too Large');
  });

  test('405 says what is allowed', async () => {
    const answer = await send('/notes', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('HEAD is GET without its body; OPTIONS is for the CORS of the app', async () => {
    const head = await send('/notes', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const preflight = await send('/notes', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const failure = await send('/notes', {
      method: 'POST',
      headers: { origin: 'https://app.example' },
    });
    expect(failure.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

test('what callers pass is checked by the compiler', () => {
  // @ts-expect-error: the parameters are missing
  void (() => http.search({}));
  // @ts-expect-error: a parameter of the wrong type
  void (() => http.search({ params: { scope: 'a', page: 'one' } }));
  // @ts-expect-error: no such route
  void (() => http.notes.remove({}));
  const list = (): Promise<string[]> => http.notes.list({});
  // @ts-expect-error: it gives texts
  const numbers = (): Promise<number[]> => http.notes.list({});
  void [list, numbers];
});
