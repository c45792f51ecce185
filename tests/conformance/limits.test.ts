import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { createCallerFactory } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from './project/convex/shared/api.ts';
import type { Api } from './project/convex/shared/api.ts';

type Context = Awaited<ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>>;

const MIB = 1024 * 1024;
const projectDir = fileURLToPath(new URL('project', import.meta.url));
let backend: Backend;
let ctx: Context;

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  const factory = createCallerFactory({ api, convexSiteUrl: backend.siteUrl });
  ctx = await factory.createContext({ headers: new Headers() });
});

afterAll(() => backend?.close());

/** A call that throws at once is one that rejects. */
async function errorOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return expect.fail('did not fail');
}

function nest(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('16 MiB', () => {
  test('of a remote argument are refused before they are sent', async () => {
    const value = 'x'.repeat(16 * MIB);
    expect(await errorOf(() => ctx.caller.target.echo({ value }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      origin: 'client',
    });
  });

  test('are the most that a result has', async () => {
    expect(await ctx.caller.limits.large({ bytes: 16 * MIB - 2 })).toHaveLength(16 * MIB - 2);
    expect(await errorOf(() => ctx.caller.limits.large({ bytes: 16 * MIB }))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      cause: { message: expect.stringContaining('Function return value is too large') },
    });
  });

  test('of error data are not sent; that they are too many is', async () => {
    expect(await errorOf(() => ctx.caller.limits.failLarge({ bytes: 16 * MIB }))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: expect.stringMatching(/^The data of a HUGE error cannot travel\..*16777216 bytes/),
    });
  });
});

describe('64 levels', () => {
  test('are the most that a remote argument has', async () => {
    expect(await ctx.caller.target.echo({ value: nest(63) })).toEqual(nest(63));
    expect(await errorOf(() => ctx.caller.target.echo({ value: nest(64) }))).toMatchObject({
      code: 'BAD_REQUEST',
      origin: 'client',
      data: { path: `value${'[0]'.repeat(63)}` },
    });
  });

  test('are the most that a result has', async () => {
    expect(await ctx.caller.limits.deep({ levels: 64 })).toEqual(nest(64));
    expect(await errorOf(() => ctx.caller.limits.deep({ levels: 65 }))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      data: { path: '[0]'.repeat(64) },
    });
  });

  test('are the most that error data has', async () => {
    expect(await errorOf(() => ctx.caller.limits.failDeep({ levels: 63 }))).toMatchObject({
      code: 'HUGE',
      data: { value: nest(63) },
    });
    expect(await errorOf(() => ctx.caller.limits.failDeep({ levels: 64 }))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      data: { path: `value${'[0]'.repeat(63)}` },
    });
  });
});

describe('what arrives and cannot be read is named with its path', () => {
  test('a tag in a result that the receiver has no codec for', async () => {
    expect(await errorOf(() => ctx.caller.limits.foreignResult())).toMatchObject({
      code: 'PARSE_ERROR',
      message: expect.stringContaining('__crpc_Temporal'),
      data: { path: 'a[0]' },
    });
  });

  test.each(['brokenResult', 'brokenErrorData'] as const)('a broken payload: %s', async (name) => {
    expect(await errorOf(() => ctx.caller.limits[name]())).toMatchObject({
      code: 'PARSE_ERROR',
      data: { path: 'a[0]' },
    });
  });

  test('in a snapshot as well', async () => {
    const [result] = await ctx.snapshot.settled((c) => [c.limits.brokenErrorData()]);
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'PARSE_ERROR' } });
  });
});
