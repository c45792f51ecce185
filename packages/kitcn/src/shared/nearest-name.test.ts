import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  ['lst', ['create', 'list', 'getById'], 'list'],
  ['List', ['list', 'last'], 'list'],
  ['getByID', ['getById', 'getAll'], 'getById'],
  ['getSesionUser', ['list', 'getSessionUser'], 'getSessionUser'],
  ['remove', ['list', 'create'], undefined],
  ['anything', [], undefined],
])('%s among %j: %s', (name, candidates, nearest) => {
  expect(nearestName(name, candidates)).toBe(nearest);
});
