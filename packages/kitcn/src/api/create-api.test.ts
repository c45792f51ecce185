import { getFunctionName } from 'convex/server';
import { expect, test } from 'vitest';
import { createApi } from './create-api.ts';

interface Leaf {
  '~crpc': unknown;
}

test('each leaf is a function reference that knows its procedure', () => {
  const api = createApi<{ items: { queries: { list: Leaf } }; user: { type: Leaf } }>({
    items: { queries: { list: { type: 'query', meta: { auth: 'required' } } } },
    user: { type: { type: 'mutation' } },
  });
  expect(getFunctionName(api.items.queries.list as never)).toBe('items/queries:list');
  expect(api.items.queries.list['~crpc']).toEqual({ type: 'query', meta: { auth: 'required' } });
  // A function called `type` is not taken for the type of a function.
  expect(getFunctionName(api.user.type as never)).toBe('user:type');
});

test('an api without functions is empty', () => {
  expect(createApi({})).toEqual({});
});
