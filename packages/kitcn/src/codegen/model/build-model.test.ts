import { expect, test } from 'vitest';
import type { AnalyzedFunction } from '../../project/analyze.ts';
import { buildModel } from './build-model.ts';
import type { ProjectModel } from './project-model.ts';

const fn = (name: string, kind: AnalyzedFunction['kind'] = 'query'): AnalyzedFunction => ({
  name,
  kind,
  visibility: 'public',
});

function model(modules: Record<string, AnalyzedFunction[]>): ProjectModel {
  return buildModel({
    hasSchema: true,
    hasComponents: false,
    modules: Object.entries(modules).map(([path, functions]) => ({
      path,
      file: `convex/${path}.ts`,
      functions,
    })),
  });
}

test('names and sorts modules and functions, and leaves out what has none', () => {
  expect(
    model({
      user_profiles: [fn('b', 'mutation'), fn('a')],
      'items/queries': [fn('list')],
      delete: [fn('all', 'action')],
      'no-functions': [],
      hooks: [fn('receive', 'httpAction')],
      http: [fn('list')],
      crons: [fn('list')],
    }).modules,
  ).toEqual([
    {
      path: 'delete',
      importName: 'delete_',
      typeName: 'Delete',
      functions: [fn('all', 'action')],
    },
    {
      path: 'items/queries',
      importName: 'items_queries',
      typeName: 'ItemsQueries',
      functions: [fn('list')],
    },
    {
      path: 'user_profiles',
      importName: 'user_profiles',
      typeName: 'UserProfiles',
      functions: [fn('a'), fn('b', 'mutation')],
    },
  ]);
});

test.each([
  [{ foo: [fn('bar')], 'foo/bar': [fn('a')] }, ['convex/foo.ts', 'convex/foo/bar.ts', 'foo.bar']],
  [{ foo: [fn('bar')], 'foo/bar/deep': [fn('a')] }, ['convex/foo.ts', 'convex/foo/bar/deep.ts']],
  [{ 'a/b': [fn('x')], a_b: [fn('x')] }, ['convex/a/b.ts', 'convex/a_b.ts', 'a_b']],
  [{ 'a/b': [fn('x')], aB: [fn('x')] }, ['convex/a/b.ts', 'convex/aB.ts', 'AB']],
  [{ jobs: [fn('schedule', 'mutation')] }, ['convex/jobs.ts', '"schedule"']],
])('refuses %j, which would give two things one name', (modules, parts) => {
  let message = '';
  try {
    model(modules as unknown as Record<string, AnalyzedFunction[]>); // A union of tables to a table.
  } catch (error) {
    expect(error).toMatchObject({ code: 'NAME_CLASH' });
    message = String(error);
  }
  for (const part of parts) expect(message).toContain(part);
});

test.each([{ 'my-module': [fn('list')] }, { '1st': [fn('list')] }, { ok: [fn('not ok')] }])(
  'refuses the name in %j',
  (modules) => {
    expect(() => model(modules as unknown as Record<string, AnalyzedFunction[]>)).toThrow(
      expect.objectContaining({ code: 'NAME_INVALID', file: expect.stringMatching(/^convex\//) }),
    );
  },
);

test('lets a module of functions lie beside its folder, and an action be named like a member of callers', () => {
  expect(
    model({ foo: [fn('list')], 'foo/bar': [fn('list')], jobs: [fn('schedule', 'action')] }).modules,
  ).toHaveLength(3);
});
