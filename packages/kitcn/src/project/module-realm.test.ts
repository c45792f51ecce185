import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { FunctionsBundle } from './bundle.ts';
import { threadModule } from './thread-module.ts';

/** Loads modules in a thread that can; answers the default export of `main`, or the error. */
function load(
  modules: Record<string, string>,
  entries = ['main'],
  packages: Record<string, string> = {},
): Promise<unknown> {
  const bundle: FunctionsBundle = {
    entries,
    packages,
    modules: Object.entries(modules).map(([path, source]) => ({ path, source, sourceMap: null })),
    inputs: [],
  };
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { realm, location, bundle } = workerData;
    (async () => {
      const { ModuleRealm } = await import(realm);
      const { locateError } = await import(location);
      try {
        const realm = new ModuleRealm({ env: { A: 'b' }, globals: { extra: 1 }, prelude: 'globalThis.first = extra + 1;' });
        const namespaces = await realm.load(bundle);
        parentPort.postMessage(await namespaces.get('main').default);
      } catch (error) {
        parentPort.postMessage({ name: error.name, message: error.message, at: locateError(error, bundle) });
      }
    })();`;
  const workerData = {
    realm: threadModule('module-realm', import.meta.url).href,
    location: threadModule('locate-error', import.meta.url).href,
    bundle,
  };
  const execArgv = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const worker = new Worker(code, { eval: true, execArgv, workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

test('modules import each other by relative paths, in cycles too', async () => {
  const modules = {
    'main.js': `import { up } from './deep/a.js'; export const base = 'x'; export default up();`,
    'deep/a.js': `import { b } from './b.js'; import { base } from '../main.js'; export function up() { return [base, b]; }`,
    'deep/b.js': `export const b = 'b';`,
  };
  expect(await load(modules, ['deep/a', 'main'])).toEqual(['x', 'b']);
});

test('packages that were bundled apart are found by their names', async () => {
  const modules = {
    'main.js': `import { b } from 'some/package'; export default b;`,
    '_packages/0.js': `export { b } from './shared.js';`,
    '_packages/shared.js': `export const b = 'b';`,
  };
  expect(await load(modules, ['main'], { 'some/package': '_packages/0.js' })).toBe('b');
});

test('a dynamic import finds modules of the bundle', async () => {
  const modules = {
    'main.js': `export default import('./b.js').then((module) => module.b);`,
    'b.js': `export const b = 'b';`,
  };
  expect(await load(modules)).toBe('b');
});

test('an import that is not in the bundle is an error that names both sides', async () => {
  for (const specifier of ['node:fs', './none.js', 'convex/server']) {
    expect(await load({ 'main.js': `import '${specifier}';` })).toMatchObject({
      name: 'ProjectError',
      message: expect.stringContaining(`"main.js" imports "${specifier}"`),
    });
  }
});

test('the realm has the globals of the web, the environment, and nothing of Node', async () => {
  const names = ['fetch', 'URL', 'Request', 'TextEncoder', 'crypto', 'AbortController', 'Blob'];
  const more = ['FormData', 'structuredClone', 'atob', 'ReadableStream', 'setTimeout', 'console'];
  const source = `export default {
    missing: ${JSON.stringify([...names, ...more])}.filter((name) => typeof globalThis[name] === 'undefined'),
    node: [typeof require, typeof Buffer, typeof setImmediate, typeof process.exit],
    env: process.env, extra, first, isOwn: globalThis === self,
  };`;
  expect(await load({ 'main.js': source })).toEqual({
    missing: [],
    node: ['undefined', 'undefined', 'undefined', 'undefined'],
    env: { A: 'b' },
    extra: 1,
    first: 2,
    isOwn: true,
  });
});

test('errors and buffers of web APIs are instances of the classes of the realm', async () => {
  const source = `
    class Own extends Error {}
    const thrown = await fetch('http://127.0.0.1:1').catch((error) => error);
    const buffer = await new Blob(['a']).arrayBuffer();
    export default [
      thrown instanceof Error, thrown instanceof TypeError, thrown instanceof RangeError, thrown instanceof Own,
      new Own() instanceof Error, new Own() instanceof Own, new Error() instanceof Own, ({}) instanceof Error,
      buffer instanceof ArrayBuffer,
    ];`;
  expect(await load({ 'main.js': source })).toEqual(
    [true, true, false, false, true, true, false, false].concat(true),
  );
});

test('an error of a module can be located', async () => {
  expect(await load({ 'main.js': `\n  throw new Error('no');` })).toEqual({
    name: 'Error',
    message: 'no',
    at: { file: 'main.js', line: 2, column: 9 },
  });
});
