import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { createCallerFactory } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from './project/convex/shared/api.ts';
import type { Api } from './project/convex/shared/api.ts';

const projectDir = fileURLToPath(new URL('project', import.meta.url));
const SECRET = 'hunter2';
let backend: Backend;
let caller: Awaited<
  ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>
>['caller'];

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  const factory = createCallerFactory({ api, convexSiteUrl: backend.siteUrl });
  ({ caller } = await factory.createContext({ headers: new Headers() }));
});

afterAll(() => backend?.close());

const LIBRARIES = ['withValibot', 'withArkType', 'withValidators'] as const;
const WAYS = ['over the remote caller', 'over a caller inside Convex'] as const;

describe.each(LIBRARIES)('%s', (name) => {
  describe.each(WAYS)('%s', (way) => {
    const call = async (args: unknown): Promise<unknown> =>
      way === WAYS[0]
        ? await caller.schemas[name](args as never)
        : await caller.relay.schemasInQuery({ name, args });

    test.each([
      [
        'a nested object',
        { shape: { kind: 'circle', radius: 2 }, size: 5 },
        { shape: { kind: 'circle', radius: 2 }, size: 5 },
      ],
      [
        'the other member of a union, and what may be left out',
        { shape: { kind: 'text', lines: ['a', 'b'] }, note: 'x' },
        { shape: { kind: 'text', lines: ['a', 'b'] }, note: 'x', size: 10 },
      ],
    ])('%s', async (_, args, expected) => {
      expect(await call(args)).toEqual(expected);
    });

    test.each([
      ['a wrong field', { shape: { kind: 'circle', radius: SECRET } }],
      ['a wrong item', { shape: { kind: 'text', lines: ['a', { secret: SECRET }] } }],
      ['a member that there is not', { shape: { kind: SECRET } }],
      ['a wrong optional', { shape: { kind: 'circle', radius: 1 }, note: { secret: SECRET } }],
      ['nothing', {}],
    ])('%s is refused with its place and without its value', async (_, args) => {
      const error: unknown = await call(args).catch((thrown: unknown) => thrown);
      const { note } = args as { note?: unknown };
      expect(error).toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining(note === undefined ? 'shape' : 'note'),
      });
      expect(String(error)).not.toContain(SECRET);
    });

    test('an output that does not fit names place and kind, never the value', async () => {
      const args = { shape: { kind: 'circle', radius: 1 }, note: 'break' };
      const error: unknown = await call(args).catch((thrown: unknown) => thrown);
      const kind = name === 'withValidators' ? 'invalid_type' : 'custom';
      expect(error).toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        message: `Output does not fit its schema: size ${kind}`,
      });
      expect(JSON.stringify(error)).not.toContain(SECRET);
    });
  });
});
