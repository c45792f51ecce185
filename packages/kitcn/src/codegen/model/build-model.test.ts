import { expect, test } from 'vitest';
import type { FunctionKind } from '../../project/analyze.ts';
import type { DiscoveredFunction, DiscoveredRoute } from './discovered-project.ts';
import { buildModel } from './build-model.ts';
import type { ModuleModel } from './project-model.ts';
import type { FunctionTypes } from './type-expression.ts';

const types: FunctionTypes = {
  isExact: false,
  isPaginated: false,
  input: { reason: 'a test' },
  output: { reason: 'a test' },
  errors: [],
  handler: undefined,
};

const fn = <Kind extends FunctionKind = 'query'>(
  name: string,
  kind: Kind = 'query' as Kind,
): DiscoveredFunction & { kind: Kind } => ({ name, kind, visibility: 'public', types });

function modelOf(modules: Readonly<Record<string, DiscoveredFunction[]>>): ModuleModel[] {
  return buildModel({
    hasSchema: true,
    hasComponents: false,
    modules: Object.entries(modules).map(([path, functions]) => ({
      path,
      file: `convex/${path}.ts`,
      functions,
    })),
  }).modules;
}

test('names and sorts modules and functions, and leaves out what has none', () => {
  const modules = modelOf({
    user_profiles: [fn('b', 'mutation'), fn('a')],
    'items/queries': [fn('list')],
    delete: [fn('all', 'action')],
    'no-functions': [],
    hooks: [fn('receive', 'httpAction')],
    schema: [fn('list')],
  });
  expect(modules).toEqual([
    {
      path: 'delete',
      fileName: 'delete.ts',
      apiPath: ['delete'],
      importName: 'delete_',
      typeName: 'Delete',
      functions: [fn('all', 'action')],
    },
    {
      path: 'items/queries',
      fileName: 'items/queries.ts',
      apiPath: ['items', 'queries'],
      importName: 'items_queries',
      typeName: 'ItemsQueries',
      functions: [fn('list')],
    },
    {
      path: 'user_profiles',
      fileName: 'user_profiles.ts',
      apiPath: ['user_profiles'],
      importName: 'user_profiles',
      typeName: 'UserProfiles',
      functions: [fn('a'), fn('b', 'mutation')],
    },
  ]);
});

test.each([
  ['actions', 'actions', 'Actions'],
  ['schedule', 'schedule', 'Schedule'],
  ['http', 'http', 'Http'],
  ['crons', 'crons', 'Crons'],
  ['default', 'default_', 'Default'],
  ['api', 'api_', 'Api'],
  ['Record', 'Record_', 'Record'],
  ['2fa', '_2fa', '_2fa'],
])('a module may be named %s', (path, importName, typeName) => {
  expect(modelOf({ [path]: [fn('list')] })).toMatchObject([{ path, importName, typeName }]);
});

test('modules whose names look alike get different imports', () => {
  const modules = modelOf({ a_b: [fn('x')], 'a/b': [fn('x')], aB: [fn('x')] });
  expect(modules.map(({ path, importName }) => [path, importName])).toEqual([
    ['a/b', 'a_b'],
    ['aB', 'aB'],
    ['a_b', 'a_b_2'],
  ]);
});

test('where foo.ts exports bar, foo/bar.ts and what lies under it have their whole path as a name', () => {
  const modules = modelOf({
    foo: [fn('bar'), fn('other')],
    'foo/bar': [fn('list')],
    'foo/bar/deep': [fn('list')],
    'foo/beside': [fn('list')],
  });
  expect(modules.map(({ apiPath }) => apiPath)).toEqual([
    ['foo'],
    ['foo/bar'],
    ['foo/bar/deep'],
    ['foo', 'beside'],
  ]);
});

test('refuses names of modules that Convex refuses', () => {
  expect(() => modelOf({ 'my-module': [fn('list')] })).toThrow(
    expect.objectContaining({ code: 'NAME_INVALID', file: 'convex/my-module.ts' }),
  );
});

test('refuses a route and a function that would stand at one place', () => {
  const route = (...name: string[]): DiscoveredRoute => ({
    name,
    kind: 'query',
    method: 'GET',
    path: '/',
    types,
  });
  const modelWith = (routes: DiscoveredRoute[], path: string): unknown =>
    buildModel({
      hasSchema: false,
      hasComponents: false,
      modules: [
        { path: 'http', file: 'convex/http.ts', functions: [], routes },
        { path, file: `convex/${path}.ts`, functions: [fn('list')] },
      ],
    });
  expect(modelWith([route('get')], 'http')).toMatchObject({ routes: [{ name: ['get'] }] });
  for (const [taken, path] of [
    [route('list'), 'http'],
    [route('list', 'all'), 'http'],
    [route('users'), 'http/users'],
  ] as const) {
    expect(() => modelWith([taken], path)).toThrow(
      expect.objectContaining({ code: 'NAME_CLASH', file: 'convex/http.ts' }),
    );
  }
});
