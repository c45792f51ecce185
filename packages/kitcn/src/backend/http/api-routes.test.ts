import { convexToJson } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { BackendError } from '../backend-error.ts';
import type { FunctionCall, FunctionHost, FunctionResult } from '../functions/function-host.ts';
import { createApiRoutes } from './api-routes.ts';
import { HttpServer } from './http-server.ts';

const IDENTITY = { tokenIdentifier: 'i|s', subject: 's', issuer: 'i' };
const KEY = `kitcn|${'a'.repeat(64)}`;

/** The port, not one of our modules: it answers with what it was asked. */
class EchoHost implements FunctionHost {
  readonly calls: FunctionCall[] = [];
  readonly timestamps: (bigint | undefined)[] = [];
  answer: (call: FunctionCall) => FunctionResult = (call) => ({
    status: 'success',
    value: call.args,
    logLines: [],
  });

  async run(call: FunctionCall): Promise<FunctionResult> {
    this.calls.push(call);
    return this.answer(call);
  }
  runBatch(calls: readonly FunctionCall[], timestamp?: bigint): Promise<FunctionResult[]> {
    this.timestamps.push(timestamp);
    return Promise.all(calls.map((call) => this.run(call)));
  }
  latestTimestamp = () => Promise.resolve(1n);
  runHttpAction = () => Promise.resolve(null);
  openLiveQueries = (): never => {
    throw new TypeError('HTTP alone has no live queries');
  };
  push = () => Promise.resolve({ authProviders: [], functionCount: 0 });
  setEnv = this.push;
  changeVariables = this.push;
  close = () => Promise.resolve();
}

async function startApi() {
  const host = new EchoHost();
  const logged: string[] = [];
  const routes = createApiRoutes({
    host,
    changeVariables: () => host.changeVariables(),
    log: (line) => logged.push(line),
    access: {
      isAdminKey: (candidate) => candidate === KEY,
      async verifyToken(token) {
        if (token === 'good') return { identity: IDENTITY, expiresAt: Infinity };
        throw new BackendError(401, 'InvalidAuthHeader', 'bad token');
      },
    },
  });
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
  server.serve((request, connection) => routes.fetch(request, connection));
  const send = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { host, logged, send, post, [Symbol.asyncDispose]: () => server.close() };
}

async function codeOf(response: Response): Promise<string> {
  const { code, message } = (await response.json()) as { code: string; message: string };
  expect(message).toEqual(expect.any(String));
  return `${response.status} ${code}`;
}

describe('calls', () => {
  test.each(['query', 'mutation', 'action'] as const)('%s', async (kind) => {
    await using api = await startApi();
    const response = await api.post(`/api/${kind}`, { path: 'a/b:c', args: { x: 1 } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'success', value: { x: 1 } });
    expect(api.host.calls).toMatchObject([
      { kind, path: 'a/b:c', args: { x: 1 }, identity: null, isAdmin: false },
    ]);
  });

  test.each<[string, string | undefined]>([
    ['0123456789abcdef', '0123456789abcdef'],
    ['0123456789ABCDEF', undefined],
    ['[Request ID: x] y', undefined],
  ])('Convex-Request-Id: %s', async (sent, taken) => {
    await using api = await startApi();
    const headers = { 'convex-request-id': sent };
    await api.post('/api/mutation', { path: 'a:b', args: {} }, headers);
    await api.post('/api/query_batch', { queries: [{ path: 'a:b', args: {} }] }, headers);
    expect(api.host.calls.map(({ requestId }) => requestId)).toEqual([taken, taken]);
  });

  test('GET /api/query', async () => {
    await using api = await startApi();
    const query = new URLSearchParams({ path: 'a:b', args: '{"x":{"$integer":"BwAAAAAAAAA="}}' });
    const response = await api.send(`/api/query?${query}`);
    expect(await response.json()).toEqual({ status: 'success', value: { x: '7' } });
    const head = await api.send('/api/query?path=a:b&args={}', { method: 'HEAD' });
    expect([head.status, head.headers.get('vary')]).toEqual([200, 'Origin']);
    expect(await codeOf(await api.send('/api/query?path=a:b'))).toBe('400 BadQueryArgs');
    expect(await codeOf(await api.send('/api/query?path=a:b&args={'))).toBe('400 BadQueryArgs');
  });

  test.each([
    ['a', 'a:default'],
    ['a.js:b', 'a:b'],
    ['dir/a.js', 'dir/a:default'],
  ])('path %s is %s', async (path, normalized) => {
    await using api = await startApi();
    await api.post('/api/query', { path, args: {} });
    expect(api.host.calls[0]?.path).toBe(normalized);
  });

  test.each(['', ':', 'a:', ':b', 'a:b:c', '/a:b', 'a//b:c', 'a b:c', 'a:b-c', '../a:b c'])(
    'path %j is malformed',
    async (path) => {
      await using api = await startApi();
      const response = await api.post('/api/query', { path, args: {} });
      expect(await codeOf(response)).toBe('400 BadConvexFunctionIdentifier');
      expect(api.host.calls).toEqual([]);
    },
  );

  test.each([
    [[{ x: 1 }], { x: 1 }],
    [[], {}],
  ])('positional arguments %j', async (args, expected) => {
    await using api = await startApi();
    await api.post('/api/query', { path: 'a:b', args });
    expect(api.host.calls[0]?.args).toEqual(expected);
  });

  test('what a function threw is status 200, with its log lines and without data if there is none', async () => {
    await using api = await startApi();
    const failure = { status: 'error', errorMessage: 'Uncaught Error: no', logLines: ['[LOG] hi'] };
    api.host.answer = () => failure as FunctionResult;
    const response = await api.post('/api/mutation', { path: 'a:b', args: {} });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(failure);
  });
});

describe('format', () => {
  const value = convexToJson({
    int: 9007199254740993n,
    bytes: new Uint8Array([1, 2, 3]).buffer,
    special: [NaN, Infinity, -Infinity, 1.5, null, true],
  });
  const clean = {
    int: '9007199254740993',
    bytes: 'AQID',
    special: ['NaN', 'Infinity', '-Infinity', 1.5, null, true],
  };

  test.each<[string | undefined, JSONValue]>([
    [undefined, clean],
    ['json', clean],
    ['convex_clean_json', clean],
    ['convex_encoded_json', value],
    ['convex_json', value],
  ])('%s', async (format, expected) => {
    await using api = await startApi();
    api.host.answer = () => ({ status: 'success', value, logLines: [] });
    const ok = await api.post('/api/query', { path: 'a:b', args: {}, format });
    expect(await ok.json()).toEqual({ status: 'success', value: expected });
    api.host.answer = () => ({
      status: 'error',
      errorMessage: 'm',
      errorData: value,
      logLines: [],
    });
    const failed = await api.post('/api/query', { path: 'a:b', args: {}, format });
    expect(await failed.json()).toEqual({
      status: 'error',
      errorMessage: 'm',
      errorData: expected,
    });
  });

  test.each(['xml', 'export_json', 7])('%s is refused', async (format) => {
    await using api = await startApi();
    const response = await api.post('/api/query', { path: 'a:b', args: {}, format });
    expect(await codeOf(response)).toBe('400 BadFormat');
  });
});

describe('bad requests', () => {
  test.each<[string, unknown]>([
    ['not JSON', '{'],
    ['not an object', []],
    ['no path', { args: {} }],
    ['no args', { path: 'a:b' }],
    ['args of text', { path: 'a:b', args: 'x' }],
    ['two positional args', { path: 'a:b', args: [{}, {}] }],
    ['a malformed integer', { path: 'a:b', args: { x: { $integer: 'AA==' } } }],
    ['a reserved field', { path: 'a:b', args: { $x: 1 } }],
    ['a number out of range', '{"path":"a:b","args":{"x":[1e999]}}'],
    ['lists too deep', `{"path":"a:b","args":{"x":${'['.repeat(4_000)}${']'.repeat(4_000)}}}`],
    ['objects too deep', `{"path":"a:b","args":${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}}`],
  ])('%s', async (_name, body) => {
    await using api = await startApi();
    expect(await codeOf(await api.post('/api/query', body))).toBe('400 BadJsonBody');
  });

  test('content types', async () => {
    await using api = await startApi();
    const send = (type: string) =>
      api.post('/api/query', { path: 'a:b', args: {} }, { 'content-type': type });
    expect((await send('application/json; charset=utf-8')).status).toBe(200);
    expect((await send('application/vnd.api+json')).status).toBe(200);
    expect(await codeOf(await send('text/plain'))).toBe('400 BadJsonBody');
  });

  test.each([
    ['npm-1.48.0', 200],
    ['npm-cli-1.48.0', 200],
    ['python-convex-0.7.0-rc.1', 200],
    ['npm', 400],
    ['1.48.0', 400],
  ])('Convex-Client: %s is %d', async (client, status) => {
    await using api = await startApi();
    const response = await api.post(
      '/api/query',
      { path: 'a:b', args: {} },
      { 'convex-client': client },
    );
    expect(response.status).toBe(status);
  });

  test('a body over the limit, with and without a declared length', async () => {
    await using api = await startApi();
    const big = 'x'.repeat(16 * 1024 * 1024 + 2001);
    expect(await codeOf(await api.post('/api/query', big))).toBe('413 PayloadTooLarge');
    const streamed = await api.send('/api/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([big]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await codeOf(streamed)).toBe('413 PayloadTooLarge');
  });

  test('a failure of the host is logged and not told', async () => {
    await using api = await startApi();
    api.host.answer = () => {
      throw new TypeError('secret detail');
    };
    const response = await api.post('/api/query', { path: 'a:b', args: {} });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'InternalServerError' });
    expect(text).not.toContain('secret');
    expect(api.logged.join()).toContain('secret detail');
  });

  test('a refusal of the host is passed on', async () => {
    await using api = await startApi();
    api.host.answer = () => {
      throw new BackendError(503, 'Overloaded', 'later');
    };
    const response = await api.post('/api/query', { path: 'a:b', args: {} });
    expect(await codeOf(response)).toBe('503 Overloaded');
  });
});

describe('who is calling', () => {
  const acting = Buffer.from(JSON.stringify(IDENTITY)).toString('base64');
  test.each([
    ['Bearer good', { identity: IDENTITY, isAdmin: false }],
    ['bearer good', { identity: IDENTITY, isAdmin: false }],
    [`Convex ${KEY}`, { identity: null, isAdmin: true }],
    [`convex prod:${KEY}`, { identity: null, isAdmin: true }],
    [`Convex ${KEY}:${acting}`, { identity: IDENTITY, isAdmin: true }],
    [`Convex prod:${KEY}:${acting}`, { identity: IDENTITY, isAdmin: true }],
  ])('%s', async (authorization, sender) => {
    await using api = await startApi();
    await api.post('/api/query', { path: 'a:b', args: {} }, { authorization });
    expect(api.host.calls).toEqual([expect.objectContaining(sender)]);
  });

  test.each([
    ['Bearer bad', '401 InvalidAuthHeader'],
    ['Basic dXNlcjpwYXNz', '401 InvalidAuthHeader'],
    ['Bearer', '400 InvalidHeaderFailure'],
    [`Convex ${KEY}b`, '403 BadDeployKey'],
    ['Convex wrong', '403 BadDeployKey'],
    [`Convex ${KEY}:e30=`, '400 InvalidIdentity'],
  ])('%s is refused', async (authorization, expected) => {
    await using api = await startApi();
    const response = await api.post('/api/query', { path: 'a:b', args: {} }, { authorization });
    expect(await codeOf(response.clone())).toBe(expected);
    expect(await response.text()).not.toContain('a'.repeat(16));
    expect(api.host.calls).toEqual([]);
  });

  test('?adminKey= counts without a header only', async () => {
    await using api = await startApi();
    const body = { path: 'a:b', args: {} };
    await api.post(`/api/query?adminKey=${encodeURIComponent(KEY)}`, body);
    await api.post(`/api/query?adminKey=${encodeURIComponent(KEY)}`, body, {
      authorization: 'Bearer good',
    });
    expect(api.host.calls.map((call) => call.isAdmin)).toEqual([true, false]);
    expect(await codeOf(await api.post('/api/query?adminKey=no', body))).toBe('403 BadDeployKey');
  });

  test('/api/function is for admins', async () => {
    await using api = await startApi();
    const body = { path: 'a:b', args: {}, componentPath: '' };
    expect(await codeOf(await api.post('/api/function', body))).toBe('403 BadDeployKey');
    const admin = { authorization: `Convex ${KEY}` };
    expect((await api.post('/api/function', body, admin)).status).toBe(200);
    expect(api.host.calls).toEqual([expect.objectContaining({ kind: 'any', isAdmin: true })]);
    const component = await api.post('/api/function', { ...body, componentPath: 'c' }, admin);
    expect(await codeOf(component)).toBe('400 NotSupported');
  });
});

describe('/api/query_batch', () => {
  test('answers in order, each in its own format', async () => {
    await using api = await startApi();
    api.host.answer = ({ path }) =>
      path === 'a:bad'
        ? { status: 'error', errorMessage: 'no', logLines: [] }
        : { status: 'success', value: { $integer: 'BwAAAAAAAAA=' }, logLines: [] };
    const queries = [
      { path: 'a:b', args: {} },
      { path: 'a:bad', args: {} },
      { path: 'a:b', args: {}, format: 'convex_encoded_json' },
    ];
    const response = await api.post('/api/query_batch', { queries });
    expect(await response.json()).toEqual({
      results: [
        { status: 'success', value: '7' },
        { status: 'error', errorMessage: 'no' },
        { status: 'success', value: { $integer: 'BwAAAAAAAAA=' } },
      ],
    });
  });

  test.each<[unknown, string]>([
    [undefined, '400 BadJsonBody'],
    [[1], '400 BadJsonBody'],
    [
      [
        { path: 'a:b', args: {} },
        { path: ':', args: {} },
      ],
      '400 BadConvexFunctionIdentifier',
    ],
    [[{ path: 'a:b', args: {}, format: 'xml' }], '400 BadFormat'],
  ])('%j aborts all of it', async (queries, expected) => {
    await using api = await startApi();
    expect(await codeOf(await api.post('/api/query_batch', { queries }))).toBe(expected);
    expect(api.host.calls).toEqual([]);
  });
});

describe('timestamps', () => {
  const TS = 'AQAAAAAAAAA=';
  const call = { path: 'a:b', args: { n: 1 } };

  test.each(['GET', 'POST'])('%s /api/query_ts answers the latest one', async (method) => {
    await using api = await startApi();
    const response = await api.send('/api/query_ts', { method });
    expect(await response.json()).toEqual({ ts: TS });
  });

  test('a query runs at the timestamp it names', async () => {
    await using api = await startApi();
    const posted = await api.post('/api/query_at_ts', { ...call, ts: TS });
    expect(await posted.json()).toEqual({ status: 'success', value: { n: 1 } });
    const search = new URLSearchParams({ path: 'a:b', args: '{"n":1}', ts: TS });
    expect((await api.send(`/api/query_at_ts?${search}`)).status).toBe(200);
    expect(api.host.timestamps).toEqual([1n, 1n]);
    expect(api.host.calls[0]).toEqual(api.host.calls[1]);
  });

  test.each([undefined, null, 1, '', 'AQAAAAAAAA==', 'not base64!!', 'AQAAAAAAAAAA'])(
    '%j is none',
    async (ts) => {
      await using api = await startApi();
      const response = await api.post('/api/query_at_ts', { ...call, ts });
      expect(await codeOf(response)).toBe('400 BadJsonBody');
      expect(api.host.calls).toEqual([]);
    },
  );
});

describe('/api/run', () => {
  test('runs the function that its path names, whatever its kind, for anybody', async () => {
    await using api = await startApi();
    const response = await api.post('/api/run/folder/module/list', { args: { n: 1 } });
    expect(response.status).toBe(200);
    expect(api.host.calls).toEqual([
      expect.objectContaining({
        kind: 'any',
        path: 'folder/module:list',
        args: { n: 1 },
        isAdmin: false,
      }),
    ]);
  });

  test.each([
    ['/api/run/list', '400 MissingIdentifier'],
    ['/api/run/module/', '400 MissingIdentifier'],
    ['/api/run/a-b/list', '400 BadConvexFunctionIdentifier'],
  ])('%s names no function', async (path, expected) => {
    await using api = await startApi();
    expect(await codeOf(await api.post(path, { args: {} }))).toBe(expected);
    expect(api.host.calls).toEqual([]);
  });
});

describe('other routes', () => {
  test.each(['/', '/version', '/instance_name'])('GET %s is plain text', async (path) => {
    await using api = await startApi();
    const response = await api.send(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test.each([
    ['/api/storage/upload?token=x', 'file storage'],
    ['/api/deploy2/start_push', 'Convex CLI'],
  ])('%s names what is missing', async (path, feature) => {
    await using api = await startApi();
    const response = await api.post(path, {});
    const { message } = (await response.clone().json()) as { message: string };
    expect(message).toContain(feature);
    expect(await codeOf(response)).toBe('400 NotSupported');
  });

  test.each(['/api/1.48.0/sync', '/api/sync'])('GET %s is for WebSockets', async (path) => {
    await using api = await startApi();
    expect(await codeOf(await api.send(path))).toBe('426 UpgradeRequired');
  });

  test('an unknown route', async () => {
    await using api = await startApi();
    expect(await codeOf(await api.send('/api/nothing'))).toBe('404 NotFound');
  });

  test('CORS mirrors origin and headers, on answers and errors', async () => {
    await using api = await startApi();
    const preflight = await api.send('/api/query', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,convex-client',
      },
    });
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-allow-methods': 'GET,POST,OPTIONS,PATCH,DELETE,PUT',
      'access-control-max-age': '86400',
    });
    const bodies: [body: unknown, status: number][] = [
      ['{', 400],
      [{ path: 'a:b', args: {} }, 200],
    ];
    for (const [body, status] of bodies) {
      const answer = await api.post('/api/query', body, { origin: 'https://app.test' });
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': 'https://app.test',
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
        'content-type': 'application/json',
      });
    }
  });
});
