import { getFunctionName, queryGeneric } from 'convex/server';
import { ConvexError } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from '../procedure/init.ts';
import { requireActionCtx, requireSchedulerCtx } from './context-kind.ts';
import { createModuleCaller } from './create-module-caller.ts';
import { createModuleHandler } from './create-module-handler.ts';
import type { ModuleDefinition } from './module-definition.ts';

const c = initCRPC.create();

const teams = {
  get: c.query
    .input(z.object({ id: z.string().transform((id) => id.length) }))
    .query(({ ctx, input }) => ({ ctx, input })),
  rename: c.mutation.input(z.object({ at: z.date() })).mutation(({ input }) => input.at),
  reindex: c.action.action(() => 'done'),
  later: c.mutation
    .input(z.object({ n: z.string().transform(async (n) => Number(n)) }))
    .mutation(({ input }) => input.n),
  plain: queryGeneric({ args: {}, handler: (_, args) => args }),
};

const definition: ModuleDefinition = {
  path: 'org/teams',
  functions: {
    get: 'query',
    rename: 'mutation',
    reindex: 'action',
    later: 'mutation',
    plain: 'query',
  },
  load: () => teams,
};

type Loose = Record<string, (input?: unknown) => Promise<unknown>>;
interface LooseCaller {
  get: Loose[string];
  rename: Loose[string];
  actions: Loose;
  schedule: {
    now: Loose;
    after(delay: number): Loose;
    at(time: unknown): Loose;
    cancel(id: string): Promise<void>;
  };
}

/** What a context was asked to do: `['runQuery', 'org/teams:get', args]`. */
type Log = unknown[][];

function createContext(kind: 'query' | 'mutation' | 'action', log: Log, answer: unknown = null) {
  const run = (name: string) => async (reference: unknown, args: unknown) => {
    log.push([name, getFunctionName(reference as never), args]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const schedule = (name: string) => (when: number, reference: unknown, args: unknown) => {
    log.push([name, when, getFunctionName(reference as never), args]);
    return Promise.resolve('job');
  };
  const scheduler = {
    runAfter: schedule('runAfter'),
    runAt: schedule('runAt'),
    cancel: async (id: unknown) => void log.push(['cancel', id]),
  };
  const query = { runQuery: run('runQuery') };
  if (kind === 'query') return { ...query, db: {} };
  const mutation = { ...query, runMutation: run('runMutation'), scheduler };
  if (kind === 'mutation') return { ...mutation, db: { insert: () => 'id' } };
  return { ...mutation, runAction: run('runAction') };
}

function callerOf(...args: Parameters<typeof createContext>): LooseCaller {
  return createModuleCaller(definition, createContext(...args)) as LooseCaller;
}

describe('the call matrix', () => {
  test.each([
    ['query', 'get', 'runQuery'],
    ['query', 'rename', /A query cannot call org\/teams:rename.* Call it from a mutation/],
    ['query', 'actions.reindex', /A query cannot call .* schedule it from a mutation/],
    ['query', 'schedule', /A query cannot schedule/],
    ['mutation', 'get', 'runQuery'],
    ['mutation', 'rename', 'runMutation'],
    ['mutation', 'actions.reindex', /A mutation cannot call .* caller\.schedule\.now/],
    ['mutation', 'schedule', 'runAfter'],
    ['action', 'get', 'runQuery'],
    ['action', 'rename', 'runMutation'],
    ['action', 'actions.reindex', 'runAction'],
    ['action', 'schedule', 'runAfter'],
  ] as const)('%s: %s', async (kind, name, expected) => {
    const log: Log = [];
    const caller = callerOf(kind, log);
    const call = {
      get: () => caller.get?.({ id: 'x' }),
      rename: () => caller.rename?.({ at: new Date(1) }),
      'actions.reindex': () => caller.actions['reindex']?.(),
      schedule: () => caller.schedule.now['reindex']?.(),
    }[name];
    if (typeof expected === 'string') {
      await call();
      expect(log[0]?.[0]).toBe(expected);
    } else {
      await expect(call()).rejects.toMatchObject({
        code: 'METHOD_NOT_SUPPORTED',
        message: expect.stringMatching(expected),
      });
      expect(log).toEqual([]);
    }
  });

  test('an action’s context with a db helper is still an action’s', async () => {
    const log: Log = [];
    const ctx = { ...createContext('action', log), db: { insert: () => 'id' } };
    await (createModuleCaller(definition, ctx) as LooseCaller).actions['reindex']?.();
    expect(log).toEqual([['runAction', 'org/teams:reindex', {}]]);
    expect(() => createModuleHandler(definition, ctx)).toThrow(/an action has no database/);
  });

  test('what is no context at all is refused', () => {
    expect(() => createModuleCaller(definition, {})).toThrow(/not the ctx of a Convex/);
  });
});

describe('a caller', () => {
  test('encodes arguments and decodes results', async () => {
    const log: Log = [];
    const caller = callerOf('mutation', log, { at: { __crpc_Date: 2 } });
    expect(await caller.rename?.({ at: new Date(1) })).toEqual({ at: new Date(2) });
    expect(log).toEqual([['runMutation', 'org/teams:rename', { at: { __crpc_Date: 1 } }]]);
  });

  test('names the path of what cannot be sent, and sends nothing', async () => {
    const log: Log = [];
    await expect(callerOf('query', log).get?.({ id: new Map() })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      data: { path: 'id' },
    });
    expect(log).toEqual([]);
  });

  test.each<[string, Error, object]>([
    [
      'the procedure’s CRPCError',
      new ConvexError({
        __crpc: 1,
        code: 'NOT_FOUND',
        message: 'gone',
        data: { at: { __crpc_Date: 3 } },
      }),
      { code: 'NOT_FOUND', message: 'gone', data: { at: new Date(3) } },
    ],
    [
      'arguments that do not fit the validator',
      new Error('ArgumentValidationError: Wrong type.\nPath: .id\nValue: hunter2'),
      {
        code: 'BAD_REQUEST',
        origin: 'platform',
        message: 'The deployment refused the arguments of org/teams:get: Wrong type. Path: id',
      },
    ],
    [
      'a cursor of another query',
      new ConvexError({ isConvexSystemError: true, paginationError: 'InvalidCursor' }),
      {
        code: 'BAD_REQUEST',
        origin: 'platform',
        message: 'org/teams:get knows no such cursor (any more). Start from the first page.',
      },
    ],
    [
      'anything else, whatever its text says further down',
      new Error('Uncaught Error: boom\nArgumentValidationError: hunter2'),
      { code: 'INTERNAL_SERVER_ERROR', message: 'org/teams:get failed', data: undefined },
    ],
  ])('throws %s', async (_, thrown, expected) => {
    const failure: unknown = await callerOf('query', [], thrown)
      .get?.({ id: 'x' })
      .catch((e) => e);
    expect(failure).toBeInstanceOf(CRPCError);
    expect(failure).toMatchObject(expected);
    expect((failure as Error).cause).toBe(thrown);
  });
});

describe('schedule', () => {
  test('now, after and at hand over before they return', () => {
    const log: Log = [];
    const { schedule } = callerOf('mutation', log);
    void schedule.now['rename']?.({ at: new Date(1) });
    void schedule.after(50)['reindex']?.();
    void schedule.at(new Date(70))['reindex']?.();
    expect(log).toEqual([
      ['runAfter', 0, 'org/teams:rename', { at: { __crpc_Date: 1 } }],
      ['runAfter', 50, 'org/teams:reindex', {}],
      ['runAt', 70, 'org/teams:reindex', {}],
    ]);
  });

  test('has no queries, which Convex does not schedule', () => {
    expect(callerOf('mutation', []).schedule.now).not.toHaveProperty('get');
  });

  test('answers the job’s id, which cancels it', async () => {
    const log: Log = [];
    const { schedule } = callerOf('action', log);
    expect(await schedule.now['reindex']?.()).toBe('job');
    await schedule.cancel('job');
    expect(log[1]).toEqual(['cancel', 'job']);
  });

  test.each([Number.NaN, -5, Number.POSITIVE_INFINITY])('a delay of %d is refused', (delay) => {
    expect(() => callerOf('mutation', []).schedule.after(delay)).toThrow(/delay is a number/);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)])(
    'the time %s is refused',
    (time) => {
      expect(() => callerOf('mutation', []).schedule.at(time)).toThrow(/valid Date/);
    },
  );
});

test('a scheduled call with wrong arguments is refused when it is enqueued', async () => {
  const log: Log = [];
  const { schedule } = callerOf('mutation', log);
  await expect(schedule.now['rename']?.({ at: 'soon' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    data: { issues: [{ path: ['at'], code: 'invalid_type' }] },
  });
  await expect(schedule.now['later']?.({ n: 5 })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    data: { issues: [{ path: ['n'] }] },
  });
  expect(log).toEqual([]);
});

test('a scheduled call with an asynchronous schema is handed over before it returns', () => {
  const log: Log = [];
  void callerOf('mutation', log).schedule.now['later']?.({ n: '5' });
  expect(log).toEqual([['runAfter', 0, 'org/teams:later', { n: '5' }]]);
});

test('Dates in nested arguments and in schedule arguments travel as Dates', async () => {
  const log: Log = [];
  const caller = callerOf('mutation', log);
  await caller.rename?.({ at: new Date(1), nested: [{ at: new Date(2) }] });
  await caller.schedule.now['rename']?.({ at: new Date(3) });
  expect(log).toEqual([
    ['runMutation', 'org/teams:rename', { at: tag(1), nested: [{ at: tag(2) }] }],
    ['runAfter', 0, 'org/teams:rename', { at: tag(3) }],
  ]);
});

function tag(time: number): object {
  return { __crpc_Date: time };
}

describe('a bound module', () => {
  const ctx = createContext('query', []);

  test('is one class for a module and kind of context', () => {
    const [one, other] = [
      createModuleHandler(definition, ctx),
      createModuleHandler(definition, ctx),
    ];
    expect(Object.getPrototypeOf(one)).toBe(Object.getPrototypeOf(other));
  });

  test('gives members that can be taken off it, and keeps the context to itself', async () => {
    const handlers = createModuleHandler(definition, ctx) as Loose;
    const { get } = handlers;
    expect(await get?.({ id: 5 })).toMatchObject({ input: { id: 5 } });
    expect(JSON.stringify(handlers)).toBe('{}');
    expect(await Promise.resolve(handlers)).toBe(handlers);
  });

  test('tells the name of a procedure to its middleware', async () => {
    await callerOf('query', []).get?.({ id: 'x' });
    expect((teams.get as unknown as { '~crpc': object })['~crpc']).toMatchObject({
      functionName: 'org/teams:get',
    });
  });
});

describe('a handler', () => {
  test('gets parsed input and the very context, with no schema or middleware between', async () => {
    const ctx = createContext('query', []);
    const handler = createModuleHandler(definition, ctx) as Loose;
    expect(await handler['get']?.({ id: 5 })).toEqual({ ctx, input: { id: 5 } });
    expect(await handler['plain']?.({ a: 1 })).toEqual({ a: 1 });
  });

  test('of a mutation is refused in a query and runs in a mutation', async () => {
    const at = new Date(1);
    const inQuery = createModuleHandler(definition, createContext('query', [])) as Loose;
    const inMutation = createModuleHandler(definition, createContext('mutation', [])) as Loose;
    await expect(inQuery['rename']?.({ at })).rejects.toMatchObject({
      code: 'METHOD_NOT_SUPPORTED',
    });
    expect(await inMutation['rename']?.({ at })).toBe(at);
  });
});

describe('guards', () => {
  test('requireSchedulerCtx lets mutations and actions pass', () => {
    for (const kind of ['mutation', 'action'] as const) {
      const ctx = createContext(kind, []);
      expect(requireSchedulerCtx(ctx)).toBe(ctx);
    }
    expect(() => requireSchedulerCtx(createContext('query', []))).toThrow(/cannot schedule/);
  });

  test('requireActionCtx lets actions pass and names the alternative', () => {
    const ctx = createContext('action', []);
    expect(requireActionCtx(ctx)).toBe(ctx);
    expect(() => requireActionCtx(createContext('mutation', []))).toThrow(/schedule\.now/);
    expect(() => requireActionCtx(createContext('query', []))).toThrow(/Call the action from/);
  });
});
