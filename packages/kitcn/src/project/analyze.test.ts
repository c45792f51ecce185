import { httpActionGeneric, internalMutationGeneric, queryGeneric } from 'convex/server';
import { expect, test } from 'vitest';
import { analyzeModule } from './analyze.ts';

const list = queryGeneric({ handler: () => 1 });

test('tells functions by their markers, sorted, and passes over the rest', () => {
  const namespace = {
    list,
    add: internalMutationGeneric({ handler: () => 1 }),
    hook: httpActionGeneric(() => Promise.resolve(new Response())),
    helper: () => 1,
    answer: 42,
  };
  expect(analyzeModule('teams', namespace)).toEqual([
    { name: 'add', kind: 'mutation', visibility: 'internal' },
    { name: 'hook', kind: 'httpAction', visibility: 'public' },
    { name: 'list', kind: 'query', visibility: 'public' },
  ]);
});

test('copies the metadata of procedures, and leaves empty metadata out', () => {
  const procedure = (meta: unknown): object =>
    Object.assign(queryGeneric({ handler: () => 1 }), { '~crpc': { meta } });
  expect(
    analyzeModule('teams', { a: procedure({ auth: true, role: undefined }), b: procedure({}) }),
  ).toEqual([
    { name: 'a', kind: 'query', visibility: 'public', meta: { auth: true } },
    { name: 'b', kind: 'query', visibility: 'public' },
  ]);
  expect(() => analyzeModule('teams', { a: procedure({ big: 1n }) })).toThrow(
    expect.objectContaining({ code: 'META_NOT_JSON', message: expect.stringContaining('teams:a') }),
  );
});
