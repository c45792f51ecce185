import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { expect, test } from 'vitest';
import type { ApiLeaf } from 'kitcn/crpc';

const resolveDir = fileURLToPath(new URL('../', import.meta.url));

/** What a bundler makes of a program; what it cannot resolve is an error. */
async function bundle(contents: string, options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    ...options,
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Loads a bundle here, where neither a browser nor Convex is. */
function load(code: string): Promise<Record<string, unknown>> {
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

const USES_EVERYTHING = `
  import * as server from 'kitcn/server';
  import * as crpc from 'kitcn/crpc';
  export { crpc, server };
`;

test.each<[string, BuildOptions]>([
  ['Convex', { platform: 'browser', conditions: ['convex', 'module'] }],
  ['Cloudflare Workers', { platform: 'browser', conditions: ['workerd', 'worker', 'browser'] }],
  ['an edge runtime', { platform: 'browser', conditions: ['edge-light'] }],
  ['no platform at all', { platform: 'neutral', mainFields: ['module', 'main'] }],
  ['Node', { platform: 'node' }],
])('for %s everything is bundled, and nothing of Node is imported', async (_name, options) => {
  const code = await bundle(USES_EVERYTHING, options);
  expect(code).not.toMatch(/node:|\brequire\(|\bfrom\s*['"]/);
  const { server } = await load(code);
  expect(server).toHaveProperty('createCallerFactory', expect.any(Function));
});

test('Hono is in the bundle of who serves routes, and of nobody else', async () => {
  const convex: BuildOptions = { platform: 'browser', conditions: ['convex', 'module'] };
  const others = await bundle(
    `import { initCRPC } from 'kitcn/server';
    const c = initCRPC.create();
    export const router = c.router({ get: c.httpAction.get('/').query(() => 1) });`,
    convex,
  );
  expect(others).not.toMatch(/hono/i);
  const http = await bundle(`export { createHttpRouter } from 'kitcn/http';`, convex);
  expect(http).toMatch(/HttpRouterWithHono/);
  expect(http).not.toMatch(/node:|\brequire\(|\bfrom\s*['"]/);
});

type ListQuery = ApiLeaf<'query', object, number>;

const GONE = { __crpc: 1, code: 'NOT_FOUND', message: 'gone' };

test.each<[string, string[]]>([
  ['loads later', []],
  ['has at hand', ['workerd']],
])('in one file, a caller does what it %s, too', async (_, conditions) => {
  const code = await bundle(`export * from 'kitcn/server'; export * from 'kitcn/crpc';`, {
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
    conditions,
  });
  const { createCallerFactory, createApi } = (await load(code)) as typeof import('kitcn/server') &
    typeof import('kitcn/crpc');
  const failed = { status: 'error', errorMessage: 'Uncaught Error', errorData: GONE };
  const { createContext } = createCallerFactory({
    api: createApi<{ user: { list: ListQuery } }>({ user: { list: { type: 'query' } } }),
    convexSiteUrl: 'http://localhost:3211',
    fetch: async (url) =>
      Response.json(
        url.endsWith('batch') ? { results: [{ status: 'success', value: 1 }] } : failed,
      ),
  });
  const { caller, snapshot } = await createContext({ headers: new Headers() });
  await expect(caller.user.list({}, { timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await snapshot((c) => [c.user.list({})])).toEqual([1]);
});

test('every condition has the same names', async () => {
  const code = await bundle(`export * from 'kitcn/server';`, { platform: 'neutral' });
  const forWorkers = await bundle(`export * from 'kitcn/server';`, {
    platform: 'neutral',
    conditions: ['workerd'],
  });
  const names = Object.keys(await import('kitcn/server'));
  expect(Object.keys(await load(code))).toEqual(names);
  expect(Object.keys(await load(forWorkers))).toEqual(names);
});

test('a bundle for Node still finds its keep-alive sockets', async () => {
  const code = await bundle(`export { createCallerFactory } from 'kitcn/server';`, {
    platform: 'node',
    minify: true,
  });
  const { createCallerFactory } = (await load(code)) as typeof import('kitcn/server');
  const { createContext } = createCallerFactory({
    api: {},
    convexSiteUrl: 'http://localhost:3211',
    transport: 'node',
  });
  // Here the transport is looked for.
  await expect(createContext({ headers: new Headers() })).resolves.toHaveProperty('caller');
});

test('a browser learns what to import instead, whatever it wanted', async () => {
  const server = await import('kitcn/server');
  for (const name of Object.keys(server)) {
    const code = await bundle(`import { ${name} } from 'kitcn/server'; console.log(${name});`, {
      platform: 'browser',
      minify: true,
    });
    await expect(load(code)).rejects.toThrow(/import errors and types from kitcn\/crpc/);
  }
});

test('types of kitcn/server cost a browser nothing', async () => {
  const code = await bundle(`import type { ConvexContext } from 'kitcn/server';`, {
    platform: 'browser',
  });
  expect(code.trim()).toBe('');
});
