import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { convexToJson, jsonToConvex } from 'convex/values';
import type { Value } from 'convex/values';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { assert } from '../../shared/assert.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type {
  FunctionCall,
  FunctionHost,
  FunctionHostOptions,
  FunctionResult,
} from './function-host.ts';
import { startFunctionHost } from './start-function-host.ts';

/** A host in a test, closed when it is disposed. */
export interface TemporaryHost extends AsyncDisposable {
  readonly host: FunctionHost;
  /** Everything that was logged. */
  readonly logs: string[];
  /** Calls as an admin, so that internal functions can be called too. Kind: whatever the function is. */
  call(path: string, args?: Record<string, Value>): Promise<FunctionResult>;
  /** The value of a call that must succeed. */
  value(path: string, args?: Record<string, Value>): Promise<Value>;
  /** The message and data of a call that must fail. */
  failure(path: string, args?: Record<string, Value>): Promise<{ message: string; data: unknown }>;
  push(sources: Readonly<Record<string, string>>): Promise<void>;
}

/** What most modules of tests import. */
export const SERVER = `
import {
  actionGeneric as action, defineSchema, defineTable, httpActionGeneric as httpAction, httpRouter,
  internalMutationGeneric as internalMutation, internalQueryGeneric as internalQuery,
  makeFunctionReference as ref, mutationGeneric as mutation, queryGeneric as query,
} from 'convex/server';
import { ConvexError, v } from 'convex/values';
`;

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));

/** For tests: bundles modules that are given as text, by their path in the functions folder without `.ts`. */
export async function bundleSources(
  sources: Readonly<Record<string, string>>,
): Promise<FunctionsBundle> {
  const entries = Object.keys(sources).sort();
  const inMemory: Plugin = {
    name: 'in-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^in-memory:/ }, ({ path: name }) => ({
        path: name.slice('in-memory:'.length),
        namespace: 'in-memory',
      }));
      onResolve({ filter: /^\./, namespace: 'in-memory' }, ({ path: name, importer }) => ({
        path: path.posix.join(path.posix.dirname(importer), name),
        namespace: 'in-memory',
      }));
      onLoad({ filter: /.*/, namespace: 'in-memory' }, ({ path: name }) => ({
        contents: sources[name] ?? '',
        loader: 'ts',
        resolveDir: ROOT,
      }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => ({ in: `in-memory:${name}`, out: name })),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'esnext',
    sourcemap: 'external',
    chunkNames: '_deps/[hash]',
    outdir: '/',
    write: false,
    keepNames: true,
    plugins: [inMemory],
    logLevel: 'silent',
  });
  const textOf = (file: string): string | null =>
    outputFiles.find((output) => output.path === file)?.text ?? null;
  const modules = outputFiles
    .filter((output) => output.path.endsWith('.js'))
    .map((output) => ({
      path: output.path.slice(1),
      source: output.text,
      sourceMap: textOf(`${output.path}.map`)?.replaceAll('in-memory:', 'convex/') ?? null,
    }));
  return { entries, modules, inputs: [] };
}

/** For tests: starts a host over a temporary database, with code. */
export async function temporaryHost(
  sources: Readonly<Record<string, string>>,
  options: Partial<FunctionHostOptions> = {},
): Promise<TemporaryHost> {
  const logs: string[] = [];
  const host = await startFunctionHost({
    databaseFile: ':memory:',
    env: { CONVEX_CLOUD_URL: 'http://127.0.0.1:3210', GREETING: 'hello' },
    log: (line) => logs.push(line),
    ...options,
  });
  const push = async (next: Readonly<Record<string, string>>): Promise<void> => {
    await host.push(await bundleSources(next));
  };
  try {
    await push(sources);
  } catch (error) {
    await host.close();
    throw error;
  }
  const call: TemporaryHost['call'] = (name, args = {}) => host.run(callOf(name, args));
  return {
    host,
    logs,
    push,
    call,
    async value(name, args) {
      const result = await call(name, args);
      assert(result.status === 'success', `${name} failed: ${JSON.stringify(result)}`);
      return jsonToConvex(result.value);
    },
    async failure(name, args) {
      const result = await call(name, args);
      assert(result.status === 'error', `${name} succeeded: ${JSON.stringify(result)}`);
      return { message: result.errorMessage, data: result.errorData };
    },
    [Symbol.asyncDispose]: () => host.close(),
  };
}

export function callOf(name: string, args: Record<string, Value> = {}): FunctionCall {
  const kind = 'any';
  return { kind, path: name, args: convexToJson(args), identity: null, isAdmin: true };
}
