import { inspect } from 'node:util';
import { anyApi } from 'convex/server';
import { describe, expect, test } from 'vitest';
import { createApi } from '../api/create-api.ts';
import type { ApiSpec } from '../api/create-api.ts';
import { isCRPCError } from '../errors/crpc-error.ts';
import { bindCaller } from './bound-caller.ts';
import { createCallerTree } from './caller-tree.ts';
import { createLazyCaller } from './lazy-caller.ts';
import './on-demand.fixture.ts';
import type { Snapshot } from './snapshot.ts';

type Procedure = (input?: unknown, options?: unknown) => Promise<unknown>;

/** A caller as it looks without types. */
interface Loose {
  [name: string]: Loose & Procedure;
}

const spec = {
  user: { list: { type: 'query' }, getById: { type: 'query' }, create: { type: 'mutation' } },
  items: { queries: { list: { type: 'query' } }, count: { type: 'query' } },
  odd: {
    toString: { type: 'query' },
    constructor: { type: 'mutation' },
    name: { type: 'query' },
    toJSON: { type: 'action' },
    ...JSON.parse('{ "then": { "type": "action" } }'),
  },
};
// `constructor` and `toString` are of another type on every object, so the literal is no `ApiSpec` to the compiler.
const tree = createCallerTree(createApi(spec as unknown as ApiSpec));

/** A caller, and the calls that reached its context. */
function bind(): { caller: Loose; calls: unknown[] } {
  const calls: unknown[] = [];
  const caller = bindCaller(tree, async (leaf, input, options) => {
    const name = leaf.kind === 'route' ? leaf.urlPath : leaf.functionName;
    calls.push([leaf.type, name, input, options]);
    return name;
  });
  return { caller: caller as Loose, calls };
}

/** By name, where the compiler knows the name as something else. */
const procedureOf = (branch: object, name: string): Procedure => Reflect.get(branch, name);

describe('calls', () => {
  test('reach the context with name, type, input and options', async () => {
    const { caller, calls } = bind();
    const options = { timeoutMs: 5 };
    expect(await caller.user!.create!({ name: 'Ada' }, options)).toBe('user:create');
    expect(await caller.items!.queries!.list!()).toBe('items/queries:list');
    expect(await caller.items!.count!({})).toBe('items:count');
    expect(calls).toEqual([
      ['mutation', 'user:create', { name: 'Ada' }, options],
      ['query', 'items/queries:list', undefined, undefined],
      ['query', 'items:count', {}, undefined],
    ]);
  });

  test('work detached from the caller, and the same member is the same function', async () => {
    const { caller } = bind();
    const { list } = caller.user!;
    expect(await list!({})).toBe('user:list');
    expect(caller.user).toBe(caller.user);
    expect(caller.user!.list).toBe(list);
  });

  test('of two contexts never mix', async () => {
    const [first, second] = [bind(), bind()];
    await first.caller.user!.list!({});
    expect(second.calls).toEqual([]);
    expect(second.caller.user!.list).not.toBe(first.caller.user!.list);
  });

  test('functions may be named like members of every object', async () => {
    const { caller } = bind();
    expect(await procedureOf(caller.odd!, 'toString')({})).toBe('odd:toString');
    expect(await procedureOf(caller.odd!, 'constructor')({})).toBe('odd:constructor');
    expect(await procedureOf(caller.odd!, 'name')({})).toBe('odd:name');
  });

  test('a test may put its own function in a place', async () => {
    const { caller } = bind();
    Object.assign(caller.user!, { list: async () => 'stub' });
    expect(await caller.user!.list!({})).toBe('stub');
  });
});

describe('what looks at a caller calls nothing', () => {
  test.each<[string, (value: unknown) => unknown]>([
    ['await', async (value) => await value],
    ['JSON.stringify', (value) => JSON.stringify(value)],
    ['String', (value) => String(value)],
    ['a template literal', (value) => `${value as string}`],
    ['inspect', (value) => inspect(value, { depth: 9, showProxy: true }) + inspect(value)],
    ['spread', (value) => ({ ...(value as object) })],
    ['entries', (value) => Object.entries(value as object)],
    [
      'for in',
      (value) => {
        for (const _ in value as object);
      },
    ],
    ['equality', (value) => expect(value).toEqual(value)],
    ['inequality', (value) => expect(value).not.toEqual({ a: 1 })],
    ['instanceof', (value) => value instanceof Promise],
    ['Promise.resolve', (value) => Promise.resolve(value)],
    ['structuredClone', (value) => expect(() => structuredClone(value)).toThrowError()],
  ])('%s', async (_name, look) => {
    const { caller, calls } = bind();
    for (const value of [caller, caller.user, caller.odd, caller.items!.queries]) await look(value);
    expect(calls).toEqual([]);
  });

  test.each([
    'then',
    'catch',
    'finally',
    'toJSON',
    '__esModule',
    '$$typeof',
    '@@__IMMUTABLE_ITERABLE__@@',
    'asymmetricMatch',
    'nodeType',
    'hasAttribute', // What prints snapshots calls it.
    Symbol.iterator,
    Symbol.asyncIterator,
    Symbol.toStringTag,
    inspect.custom,
  ])('%s is no procedure', (key) => {
    const { caller } = bind();
    for (const branch of [caller, caller.user, caller.odd]) {
      expect(Reflect.get(branch!, key)).toBeUndefined();
      expect(key in branch!).toBe(false);
    }
  });

  test('constructor, __proto__ and the like are what they are on every object', () => {
    const { caller } = bind();
    const bare = Object.getPrototypeOf(caller) as object;
    expect(Reflect.get(caller, 'constructor')).toBe(bare.constructor);
    expect(Reflect.get(caller, '__proto__')).toBe(bare);
    expect(Reflect.get(caller, 'hasOwnProperty')).toBe(Object.prototype.hasOwnProperty);
  });

  test('names are listed, and a copy calls as the original does', async () => {
    const { caller, calls } = bind();
    expect(Object.keys(caller)).toEqual(['user', 'items', 'odd']);
    expect('list' in caller.user!).toBe(true);
    const copy = { ...caller.user };
    await copy.list!({});
    expect(calls).toHaveLength(1);
  });
});

describe('typos', () => {
  test.each<[string, (caller: Loose) => unknown, string]>([
    ['a procedure', (c) => c.user!.lst!({}), 'api has no user.lst. Did you mean user.list?'],
    ['a module', (c) => c.usr!.list!({}), 'api has no usr. Did you mean user?'],
    [
      'a nested one',
      (c) => c.items!.queries!.lists!({}),
      'api has no items.queries.lists. Did you mean items.queries.list?',
    ],
    [
      'nothing like it',
      (c) => c.user!.archive!({}),
      'api has no user.archive. user has list, getById, create.',
    ],
    ['at the root', (c) => c.billing!.charge!({}), 'api has no billing. api has user, items, odd.'],
  ])('%s', async (_name, call, message) => {
    const error: unknown = await Promise.resolve(call(bind().caller)).catch((thrown) => thrown);
    expect(isCRPCError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'NOT_FOUND', origin: 'client' });
    expect((error as Error).message).toContain(message);
  });

  test('a mistyped member that nobody calls does nothing', async () => {
    const { caller } = bind();
    await caller.usr;
    expect(JSON.stringify({ typo: caller.usr })).toBe('{}');
  });
});

describe('an api that is none', () => {
  test.each<[string, object]>([
    ["Convex's own api", anyApi],
    ['a function of it', { user: { list: anyApi.user!.list! } }],
    ['an unknown type', createApi({ user: { list: { type: 'cron' as never } } })],
    ['a leaf without a type', { user: { list: { '~crpc': {} } } }],
    ['a stray value', { user: 7 }],
  ])('%s', (_name, api) => {
    expect(() => createCallerTree(api)).toThrowError(TypeError);
    expect(() => createCallerTree(api)).toThrowError(/createCallerFactory: api/);
  });
});

describe('the lazy caller', () => {
  const neverTaken = {} as Snapshot<object>;

  test('makes its context at each call, not before', async () => {
    let made = 0;
    const { caller, calls } = bind();
    const lazy = createLazyCaller<object>(tree, async () => {
      made++;
      return { token: 't', isAuthenticated: true, caller, snapshot: neverTaken };
    });
    const { list } = (lazy as unknown as Loose).user!;
    expect(made).toBe(0);
    expect(await list!({ a: 1 }, { timeoutMs: 9 })).toBe('user:list');
    expect(calls).toEqual([['query', 'user:list', { a: 1 }, { timeoutMs: 9 }]]);
    expect(await lazy.isAuth()).toBe(true);
    expect(await lazy.isUnauth()).toBe(false);
    expect(await lazy.getToken()).toBe('t');
    expect(made).toBe(4);
  });

  test('is as safe to look at', async () => {
    const lazy = createLazyCaller<object>(tree, () => Promise.reject(new TypeError('made')));
    expect(await Promise.resolve(lazy)).toBe(lazy);
    JSON.stringify(lazy);
    inspect({ ...lazy });
    expect(Object.keys(lazy)).toContain('isAuth');
  });

  test('what making a context throws passes untouched', async () => {
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/login' });
    const lazy = createLazyCaller<object>(tree, () => Promise.reject(redirect));
    await expect((lazy as unknown as Loose).user!.list!({})).rejects.toBe(redirect);
    await expect(lazy.isAuth()).rejects.toBe(redirect);
  });
});
