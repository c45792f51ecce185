import { expect, test } from 'vitest';
import { parseFunctionName } from './function-name.ts';

test.each([
  ['teams:get', 'teams:get'],
  ['items/queries:list', 'items/queries:list'],
  ['items/queries.ts:list', 'items/queries:list'],
  ['items/queries', 'items/queries:default'],
  ['teams', 'teams:default'],
  ['teams.js', 'teams:default'],
  ['api.teams.get', 'teams:get'],
  ['internal.items.queries.list', 'items/queries:list'],
  ['items.queries.list', 'items/queries:list'],
  ['teams.get', 'teams:get'],
])('%s is %s', (written, name) => {
  expect(parseFunctionName(written)).toBe(name);
});

test.each(['', ':', 'teams:', ':get', 'a:b:c', 'api.teams', 'teams.', 'a..b'])(
  '"%s" is refused',
  (written) => {
    expect(() => parseFunctionName(written)).toThrow(/is not the name of a function/);
  },
);
