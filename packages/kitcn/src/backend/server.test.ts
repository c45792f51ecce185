import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { ConvexError } from 'convex/values';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { HttpServer } from './http/http-server.ts';
import { startBackend } from './server.ts';
import type { Backend, BackendOptions } from './server.ts';

const MESSAGES = `
import { actionGeneric, internalQueryGeneric, makeFunctionReference, mutationGeneric, queryGeneric } from 'convex/server';
import { ConvexError, v } from 'convex/values';

export const list = queryGeneric({
  args: {},
  handler: (ctx) => ctx.db.query('messages').collect(),
});
export const whoAmI = queryGeneric({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });
export const urls = queryGeneric({
  args: {},
  handler: () => [process.env.CONVEX_CLOUD_URL, process.env.CONVEX_SITE_URL, process.env.FLAVOUR],
});
export const add = mutationGeneric({
  args: { text: v.string(), count: v.optional(v.int64()) },
  handler: (ctx, args) => ctx.db.insert('messages', args),
});
export const refuse = mutationGeneric({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert('messages', { text: 'never' });
    throw new ConvexError({ code: 'NO', size: 3n });
  },
});
export const addTwice = actionGeneric({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const add = makeFunctionReference('messages:add');
    await ctx.runMutation(add, { text });
    await ctx.runMutation(add, { text });
    return (await ctx.runQuery(makeFunctionReference('messages:list'), {})).length;
  },
});
export const spin = mutationGeneric({ args: {}, handler: () => { while (true); } });
export const hang = actionGeneric({ args: {}, handler: () => new Promise(() => {}) });
export const secret = internalQueryGeneric({ args: {}, handler: () => 'internal' });
`;

const HTTP = `
import { httpActionGeneric, httpRouter } from 'convex/server';
const http = httpRouter();
http.route({
  path: '/hello',
  method: 'POST',
  handler: httpActionGeneric(async (ctx, request) =>
    new Response('hello ' + (await request.text()), { status: 202, headers: { 'x-own': 'yes' } })),
});
http.route({
  path: '/me',
  method: 'GET',
  handler: httpActionGeneric(async (ctx) => Response.json(await ctx.auth.getUserIdentity())),
});
export default http;
`;

const list = makeFunctionReference<'query', Record<string, never>, { text: string }[]>(
  'messages:list',
);
const urls = makeFunctionReference<'query', Record<string, never>, string[]>('messages:urls');
const whoAmI = makeFunctionReference<'query'>('messages:whoAmI');
const secret = makeFunctionReference<'query'>('messages:secret');
const add = makeFunctionReference<'mutation'>('messages:add');
const refuse = makeFunctionReference<'mutation'>('messages:refuse');
const addTwice = makeFunctionReference<'action'>('messages:addTwice');

let authConfig: string;
let signToken: (claims: Record<string, unknown>) => Promise<string>;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] });
  const provider = {
    type: 'customJwt',
    issuer: 'https://issuer.test',
    applicationID: 'app',
    algorithm: 'ES256',
    jwks: `data:application/json,${encodeURIComponent(jwks)}`,
  };
  authConfig = `export default { providers: [${JSON.stringify(provider)}] };`;
  signToken = (claims) =>
    new SignJWT({ iss: 'https://issuer.test', aud: 'app', sub: 'ada', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setExpirationTime('1m')
      .sign(privateKey);
});

function createProject(): Promise<TemporaryProject> {
  return temporaryProject({
    'convex/functions/messages.ts': MESSAGES,
    'convex/functions/http.ts': HTTP,
    'convex/functions/auth.config.ts': authConfig,
  });
}

function start(project: TemporaryProject, options: Partial<BackendOptions> = {}): Promise<Backend> {
  return startBackend({
    projectDir: project.root,
    dataDir: ':memory:',
    log() {},
    ...options,
  });
}

const dataDirOf = (project: TemporaryProject): string => path.join(project.root, 'data');
const connect = (backend: Backend): ConvexHttpClient =>
  new ConvexHttpClient(backend.url, { logger: false });

describe('the unmodified ConvexHttpClient', () => {
  test('queries one state over and over, whatever is written meanwhile', async () => {
    await using project = await createProject();
    await using backend = await start(project);
    const [reader, writer] = [connect(backend), connect(backend)];
    await writer.mutation(add, { text: 'one', count: 1n });
    const before = await reader.consistentQuery(list, {});
    await writer.mutation(add, { text: 'two', count: 2n });
    expect(await reader.consistentQuery(list, {})).toEqual(before);
    expect(await writer.consistentQuery(list, {})).toHaveLength(2);
  });

  test('calls queries, mutations and actions', async () => {
    await using project = await createProject();
    await using backend = await start(project, { env: { FLAVOUR: 'mint' } });
    const client = connect(backend);
    const id = await client.mutation(add, { text: 'one', count: 9007199254740993n });
    expect(await client.query(list, {})).toMatchObject([
      { _id: id, text: 'one', count: 9007199254740993n },
    ]);
    expect(await client.action(addTwice, { text: 'two' })).toBe(3);
    expect(await client.query(urls, {})).toEqual([backend.url, backend.siteUrl, 'mint']);
  });

  test('gets the data of a ConvexError, and the mutation left nothing', async () => {
    await using project = await createProject();
    await using backend = await start(project);
    const client = connect(backend);
    const failure = await client.mutation(refuse, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConvexError);
    expect((failure as ConvexError<never>).data).toEqual({ code: 'NO', size: 3n });
    expect(await client.query(list, {})).toEqual([]);
    await expect(client.mutation(add, { text: 7 })).rejects.toThrow(/ArgumentValidationError/);
  });

  test('signs in with a token', async () => {
    await using project = await createProject();
    await using backend = await start(project);
    const client = connect(backend);
    expect(await client.query(whoAmI, {})).toBeNull();
    client.setAuth(await signToken({ role: 'admin' }));
    expect(await client.query(whoAmI, {})).toEqual({
      tokenIdentifier: 'https://issuer.test|ada',
      issuer: 'https://issuer.test',
      subject: 'ada',
      role: 'admin',
    });
    client.setAuth(await signToken({ aud: 'other' }));
    await expect(client.query(whoAmI, {})).rejects.toThrow(/"code":"NoAuthProvider"/);
  });

  test('reaches internal functions with the admin key only', async () => {
    await using project = await createProject();
    await using backend = await start(project);
    const client = connect(backend);
    await expect(client.query(secret, {})).rejects.toThrow(
      "Could not find public function for 'messages:secret'",
    );
    // Not in the client's public types, but what `convex run` and trusted servers use.
    const trusted = client as ConvexHttpClient & {
      setAdminAuth(key: string, identity?: object): void;
    };
    trusted.setAdminAuth(backend.adminKey);
    expect(await client.query(secret, {})).toBe('internal');
    trusted.setAdminAuth(backend.adminKey, { issuer: 'https://a', subject: 'zoë' });
    expect(await client.query(whoAmI, {})).toMatchObject({ tokenIdentifier: 'https://a|zoë' });
    trusted.setAdminAuth(`kitcn|${'0'.repeat(64)}`);
    await expect(client.query(secret, {})).rejects.toThrow(/BadDeployKey/);
  });
});

test('HTTP actions are on the site port', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const response = await fetch(`${backend.siteUrl}/hello`, { method: 'POST', body: 'you' });
  expect([response.status, response.headers.get('x-own')]).toEqual([202, 'yes']);
  expect(await response.text()).toBe('hello you');
  expect((await fetch(`${backend.siteUrl}/nothing`)).status).toBe(404);
  const me = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${backend.siteUrl}/me`, { headers })).json();
  };
  expect(await me(await signToken({}))).toMatchObject({ subject: 'ada' });
  expect(JSON.stringify(await me('nonsense'))).toContain('InvalidAuthHeader');
});

test('a function that never ends fails alone', async () => {
  await using project = await createProject();
  await using backend = await start(project, { transactionTimeoutMs: 500 });
  const client = connect(backend);
  await client.mutation(add, { text: 'before' });
  await expect(
    client.mutation(makeFunctionReference<'mutation'>('messages:spin')),
  ).rejects.toThrow();
  await client.mutation(add, { text: 'after' });
  expect(await client.query(list, {})).toMatchObject([{ text: 'before' }, { text: 'after' }]);
});

test('close does not wait for a call that hangs', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const call = connect(backend).action(makeFunctionReference<'action'>('messages:hang'));
  const failed = expect(call).rejects.toThrow();
  await connect(backend).query(list, {});
  await backend.close();
  await failed;
});

test('a restart keeps documents and admin key', async () => {
  await using project = await createProject();
  const dataDir = dataDirOf(project);
  const first = await start(project, { dataDir });
  await connect(first).mutation(add, { text: 'kept' });
  await first.close();
  await using second = await start(project, { dataDir });
  expect(await connect(second).query(list, {})).toMatchObject([{ text: 'kept' }]);
  expect(second.adminKey).toBe(first.adminKey);
  const files = readdirSync(dataDir);
  expect(files).toEqual(expect.arrayContaining(['admin-key', 'kitcn.sqlite3', 'lock']));
});

test('push replaces code and providers; a broken project leaves the old code', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const client = connect(backend);
  await project.write({ 'convex/functions/messages.ts': 'export const = ;' });
  await expect(backend.push()).rejects.toThrow(/messages\.ts:1/);
  expect(await client.query(list, {})).toEqual([]);
  await project.write({
    'convex/functions/messages.ts': MESSAGES.replace("'internal'", "'changed'"),
    'convex/functions/auth.config.ts': 'export default { providers: [] };',
  });
  expect(await backend.push()).toMatchObject({ authProviders: [] });
  client.setAuth(await signToken({}));
  await expect(client.query(whoAmI, {})).rejects.toThrow(/NoAuthProvider/);
});

test.each(['first', 'prepared'])(
  'modules for Node are refused by their names at the %s push, whatever they import',
  async (which) => {
    const error = {
      name: 'BackendError',
      status: 400,
      code: 'NodeRuntimeNotSupported',
      message:
        'convex/functions/mail/send.ts: the embedded backend does not support "use node" modules yet.',
    };
    const broken = {
      'convex/functions/mail/send.ts': `// Mail.\n'use node';\nimport tls from 'node:tls';\nexport const version = tls.DEFAULT_MIN_VERSION;\n`,
    };
    await using project = await createProject();
    if (which === 'first') {
      await project.write(broken);
      await expect(start(project)).rejects.toMatchObject(error);
      return;
    }
    await using backend = await start(project);
    backend.preparePush();
    await project.write(broken);
    backend.beginPush();
    await expect(backend.push()).rejects.toMatchObject(error);
    await project.write({ 'convex/functions/mail/send.ts': null });
    await backend.push();
  },
);

test('a prepared push deploys what has changed; errors are told with their places', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const client = connect(backend);
  for (const word of ['first', 'second']) {
    backend.preparePush();
    const thrown = `throw new Error('${word}')`;
    await project.write({
      'convex/functions/extra.ts': `import { queryGeneric } from 'convex/server';\nexport const fail = queryGeneric(() => { ${thrown}; });`,
    });
    await backend.push();
    const failed = client.query(makeFunctionReference<'query'>('extra:fail'));
    await expect(failed).rejects.toThrow(`Uncaught Error: ${word}`);
    await expect(failed).rejects.toThrow(/convex\/functions\/extra\.ts:2:\d+/);
  }
  expect(await client.query(list, {})).toEqual([]);
});

describe('refused', () => {
  test('a data folder that is held, and it stays held', async () => {
    await using project = await createProject();
    const dataDir = dataDirOf(project);
    await using backend = await start(project, { dataDir });
    const second = start(project, { dataDir });
    await expect(second).rejects.toMatchObject({ code: 'DataFolderInUse' });
    await expect(second).rejects.toThrow(`${dataDir} is held by this process (${process.pid})`);
    await expect(second).rejects.not.toThrow(backend.adminKey);
    expect(await readFile(path.join(dataDir, 'lock'), 'utf8')).toMatch(`${process.pid} `);
  });

  test.each(['port', 'sitePort'])('a %s in use; what was opened is closed', async (option) => {
    await using project = await createProject();
    const dataDir = dataDirOf(project);
    const taken = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
    try {
      const failed = start(project, { dataDir, [option]: taken.port });
      await expect(failed).rejects.toThrow(`Port ${taken.port} on 127.0.0.1 is in use`);
      await expect(failed).rejects.toThrow(`"${option}"`);
      expect(existsSync(path.join(dataDir, 'lock'))).toBe(false);
    } finally {
      await taken.close();
    }
  });

  test('a broken project; what was opened is closed', async () => {
    await using project = await createProject();
    const dataDir = dataDirOf(project);
    await project.write({ 'convex/functions/messages.ts': 'export const = ;' });
    await expect(start(project, { dataDir })).rejects.toThrow(/messages\.ts:1/);
    await project.write({ 'convex/functions/messages.ts': MESSAGES });
    await using backend = await start(project, { dataDir });
    expect(await connect(backend).query(list, {})).toEqual([]);
  });
});

test('close is idempotent, frees ports and folder, ends open connections', async () => {
  await using project = await createProject();
  const dataDir = dataDirOf(project);
  const backend = await start(project, { dataDir });
  const { port } = new URL(backend.url);
  await connect(backend).query(list, {});
  await Promise.all([backend.close(), backend.close()]);
  await backend.close();
  await expect(fetch(backend.url)).rejects.toThrow();
  expect(existsSync(path.join(dataDir, 'lock'))).toBe(false);
  await using again = await start(project, { dataDir, port: Number(port) });
  expect(again.url).toBe(backend.url);
});
