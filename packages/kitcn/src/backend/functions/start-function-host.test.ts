import { expect, test } from 'vitest';
import { SERVER, callOf, temporaryHost } from './temporary-host.fixture.ts';

const NOTES = `${SERVER}
export const add = mutation({
  args: { text: v.string() },
  returns: v.id('notes'),
  handler: (ctx, { text }) => ctx.db.insert('notes', { text }),
});
export const list = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query('notes').collect()).map((note) => note.text),
});
export const get = query({ args: { id: v.id('notes') }, handler: (ctx, { id }) => ctx.db.get(id) });
export const edit = mutation({
  args: { id: v.id('notes') },
  handler: async (ctx, { id }) => {
    await ctx.db.patch(id, { text: 'patched', more: 1 });
    const patched = await ctx.db.get(id);
    await ctx.db.replace(id, { text: 'replaced' });
    const replaced = await ctx.db.get(id);
    await ctx.db.delete(id);
    return { patched: patched.more, replaced: replaced.text, deleted: await ctx.db.get(id) };
  },
});
export const page = query({
  args: {},
  handler: (ctx) => ctx.db.query('notes').paginate({ numItems: 1, cursor: null }),
});
export const twoPages = query(async (ctx) => {
  await ctx.db.query('notes').paginate({ numItems: 1, cursor: null });
  await ctx.db.query('notes').paginate({ numItems: 1, cursor: null });
});
export const badCursor = query((ctx) => ctx.db.query('notes').paginate({ numItems: 1, cursor: 'x' }));
export const secret = internalQuery({ args: {}, handler: () => 'secret' });
export const wrongReturn = query({ args: {}, returns: v.number(), handler: () => 'text' });
export const normalize = query(async (ctx, { id }) => ctx.db.normalizeId('notes', id));
export default query(() => 'default');
`;

test('a mutation writes, a query reads', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  const id = await host.value('notes:add', { text: 'one' });
  expect(await host.value('notes:list')).toEqual(['one']);
  expect(await host.value('notes:get', { id })).toMatchObject({ _id: id, text: 'one' });
  expect(await host.value('notes:normalize', { id })).toBe(id);
  expect(await host.value('notes:normalize', { id: 'nonsense' })).toBeNull();
  expect(await host.value('notes:page')).toMatchObject({ isDone: false, page: [{ text: 'one' }] });
  expect(await host.value('notes:edit', { id })).toEqual({
    patched: 1,
    replaced: 'replaced',
    deleted: null,
  });
  expect(await host.value('notes')).toBe('default');
});

test('one paginated query in each function; an invalid cursor has the data that clients look for', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  await host.value('notes:add', { text: 'one' });
  expect((await host.failure('notes:twoPages')).message).toContain('one paginated query');
  expect((await host.failure('notes:badCursor')).data).toEqual({
    isConvexSystemError: true,
    paginationError: 'InvalidCursor',
  });
});

test('arguments and returned values are checked', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  const { message } = await host.failure('notes:add', { text: 1 });
  expect(message).toMatch(/^\[Request ID: [0-9a-f]{16}\] Server Error\nArgumentValidationError: /);
  expect(message).toContain('Path: .text');
  expect((await host.failure('notes:get', { id: 'x' })).message).toContain('v.id("notes")');
  expect((await host.failure('notes:wrongReturn')).message).toContain('ReturnsValidationError: ');
  const list = await host.host.run({ ...callOf('notes:list'), args: [] });
  expect(list).toMatchObject({ status: 'error' });
});

test('a failure is told by the id of its request', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  const requestId = '0123456789abcdef';
  const failing = { ...callOf('notes:wrongReturn'), requestId };
  const results = [
    await host.host.run({ ...failing, kind: 'query' }),
    await host.host.run({ ...callOf('notes:add'), requestId }),
    ...(await host.host.runBatch([{ ...failing, requestId: 'fedcba9876543210' }])),
  ];
  expect(results.map((result) => result.status === 'error' && result.errorMessage)).toEqual([
    expect.stringMatching(/^\[Request ID: 0123456789abcdef\] Server Error\nReturns/),
    expect.stringMatching(/^\[Request ID: 0123456789abcdef\] Server Error\nArgument/),
    expect.stringMatching(/^\[Request ID: fedcba9876543210\] Server Error\nReturns/),
  ]);
});

test('only admins reach internal functions; kinds and names are checked', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  expect(await host.value('notes:secret')).toBe('secret');
  const run = (path: string, kind: 'query' | 'mutation') =>
    host.host.run({ ...callOf(path), kind, isAdmin: false });
  const hidden = "Could not find public function for 'notes:secret'.";
  expect(await run('notes:secret', 'query')).toMatchObject({
    errorMessage: expect.stringContaining(hidden),
  });
  expect(await run('notes:nothing', 'query')).toMatchObject({
    errorMessage: expect.stringContaining("Could not find public function for 'notes:nothing'."),
  });
  expect(await run('notes:add', 'query')).toMatchObject({
    errorMessage: expect.stringContaining(
      'Trying to execute notes:add as Query, but it is defined as Mutation.',
    ),
  });
  await expect(run('no such path!', 'query')).rejects.toMatchObject({
    code: 'BadConvexFunctionIdentifier',
  });
});

test('a batch reads one state; each query fails by itself', async () => {
  await using host = await temporaryHost({ notes: NOTES });
  await host.value('notes:add', { text: 'one' });
  const paths = ['notes:list', 'notes:nothing', 'notes:add', 'notes:list'];
  const results = await host.host.runBatch(paths.map((path) => callOf(path)));
  expect(results.map(({ status }) => status)).toEqual(['success', 'error', 'error', 'success']);
  await expect(host.host.runBatch([callOf('notes:list'), callOf('?')])).rejects.toMatchObject({
    status: 400,
  });
});

const NESTED = `${SERVER}
export const write = mutation(async (ctx, { text, fail }) => {
  await ctx.db.insert('rows', { text });
  if (fail === 'convex') throw new ConvexError({ code: 'NO', count: 1n });
  if (fail) throw new TypeError('boom');
  return text;
});
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
export const outer = mutation(async (ctx) => {
  await ctx.runMutation(ref('nested:write'), { text: 'kept' });
  const caught = [];
  for (const fail of ['plain', 'convex']) {
    try {
      await ctx.runMutation(ref('nested:write'), { text: 'lost', fail });
    } catch (error) {
      caught.push({ message: error.message, data: error.data ?? null, isConvex: error instanceof ConvexError });
    }
  }
  return { caught, seen: await ctx.runQuery(ref('nested:texts')) };
});
export const rethrow = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'mine' });
  await ctx.runMutation(ref('nested:write'), { text: 'lost', fail: 'convex' });
});
export const parallel = mutation(async (ctx) => {
  const failing = ctx.runMutation(ref('nested:write'), { text: 'lost', fail: 'plain' });
  const own = ctx.db.insert('rows', { text: 'own' });
  const other = ctx.runMutation(ref('nested:write'), { text: 'other' });
  await Promise.allSettled([failing, own, other]);
});
export const notAwaited = mutation(async (ctx) => {
  void ctx.runMutation(ref('nested:write'), { text: 'late' });
});
export const stale = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'pending' });
  const read = (options) => ctx.runQuery(ref('nested:texts'), {}, options);
  return [await read(), await read({ useStaleSnapshot: true }), await read()];
});
export const deep = query((ctx, { left }) => left === 0 ? 'bottom' : ctx.runQuery(ref('nested:deep'), { left: left - 1 }));
export const fromAction = action(async (ctx) => {
  await ctx.runMutation(ref('nested:write'), { text: 'kept' });
  await ctx.runMutation(ref('nested:write'), { text: 'lost', fail: 'plain' }).catch(() => {});
  const error = await ctx.runAction(ref('nested:throws')).catch((thrown) => thrown);
  return { texts: await ctx.runQuery(ref('nested:texts')), data: error.data };
});
export const throws = action(() => { throw new ConvexError('data') });
export const wrongKind = action((ctx) => ctx.runQuery(ref('nested:write'), {}));
`;

test('a nested mutation that failed and was caught leaves nothing', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  expect(await host.value('nested:outer')).toEqual({
    caught: [
      {
        message: expect.stringContaining('Uncaught TypeError: boom\n    at '),
        data: null,
        isConvex: false,
      },
      {
        message: expect.stringContaining('Uncaught ConvexError: '),
        data: { code: 'NO', count: 1n },
        isConvex: true,
      },
    ],
    seen: ['kept'],
  });
  expect(await host.value('nested:texts')).toEqual(['kept']);
});

test('the data of a ConvexError survives nesting, its mutation rolls back', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  const { message, data } = await host.failure('nested:rethrow');
  expect(data).toEqual({ code: 'NO', count: { $integer: 'AQAAAAAAAAA=' } });
  expect(message).toContain('Uncaught ConvexError: ');
  expect(message).toMatch(/\n {4}at convex\/nested:\d+:\d+\n/);
  expect(await host.value('nested:texts')).toEqual([]);
});

test('writes beside a nested mutation are not part of it', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  await host.value('nested:parallel');
  expect(await host.value('nested:texts')).toEqual(['own', 'other']);
  await host.value('nested:notAwaited');
  expect(await host.value('nested:texts')).toContain('late');
});

test('a query on a stale snapshot sees the last commit', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  await host.value('nested:write', { text: 'committed' });
  const all = ['committed', 'pending'];
  expect(await host.value('nested:stale')).toEqual([all, ['committed'], all]);
});

test('calls nest 8 deep', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  expect(await host.value('nested:deep', { left: 7 })).toBe('bottom');
  expect((await host.failure('nested:deep', { left: 8 })).message).toContain(
    'MaximumCallDepthExceeded',
  );
});

test('each call of an action is a transaction of its own', async () => {
  await using host = await temporaryHost({ nested: NESTED });
  expect(await host.value('nested:fromAction')).toEqual({ texts: ['kept'], data: 'data' });
  expect((await host.failure('nested:wrongKind')).message).toContain('as Query, but it is defined');
});

test('queries run while a mutation waits, and see none of it', async () => {
  await using host = await temporaryHost({
    slow: `${SERVER}
      export const write = mutation(async (ctx) => {
        await ctx.db.insert('rows', {});
        for (let round = 0; round < 200; round++) await crypto.subtle.digest('SHA-256', new Uint8Array(10_000));
        return 'written';
      });
      export const count = query(async (ctx) => (await ctx.db.query('rows').collect()).length);`,
  });
  const order: string[] = [];
  const mutation = host.value('slow:write').then(() => order.push('mutation'));
  const before = host.value('slow:count').then((count) => order.push(`query ${String(count)}`));
  await Promise.all([mutation, before]);
  expect(order).toEqual(['query 0', 'mutation']);
  expect(await host.value('slow:count')).toBe(1);
});

test('concurrent mutations lose no update', async () => {
  await using host = await temporaryHost({
    counter: `${SERVER}
      export const increment = mutation(async (ctx) => {
        const row = await ctx.db.query('counters').first();
        if (row === null) await ctx.db.insert('counters', { count: 1 });
        else await ctx.db.patch(row._id, { count: row.count + 1 });
      });
      export const get = query(async (ctx) => (await ctx.db.query('counters').first()).count);`,
  });
  await Promise.all(Array.from({ length: 20 }, () => host.value('counter:increment')));
  expect(await host.value('counter:get')).toBe(20);
});

test('identity, environment, console and metadata', async () => {
  await using host = await temporaryHost({
    who: `${SERVER}
      export const me = query(async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null);
      export const env = query(() => [process.env.GREETING, process.env.PATH ?? null]);
      export const talk = query(() => { console.log('hi', { a: 1 }); console.error(new Map([[1, 2]])); });
      export const meta = query((ctx) => ctx.meta.getFunctionMetadata());
      export const viaAction = action((ctx) => ctx.runQuery(ref('who:me')));`,
  });
  const identity = { tokenIdentifier: 'i|ada', subject: 'ada', issuer: 'i' };
  for (const path of ['who:me', 'who:viaAction']) {
    const result = await host.host.run({ ...callOf(path), identity });
    expect(result).toMatchObject({ value: 'ada' });
  }
  expect(await host.value('who:me')).toBeNull();
  expect(await host.value('who:env')).toEqual(['hello', null]);
  expect(await host.call('who:talk')).toMatchObject({
    logLines: ["[LOG] 'hi' { a: 1 }", '[ERROR] Map(1) { 1 => 2 }'],
  });
  expect(host.logs).toContain("[CONVEX who:talk] [LOG] 'hi' { a: 1 }");
  expect(await host.value('who:meta')).toMatchObject({ name: 'who:meta', componentPath: '' });
});

test('counters and timers of the console are those of one call', async () => {
  await using host = await temporaryHost({
    counting: `${SERVER}
      export const count = mutation(() => {
        console.count();
        console.count('own');
        console.count();
        console.countReset();
        console.count();
        console.countReset('other');
      });
      export const time = action(async () => {
        console.time('t');
        console.time('t');
        await new Promise((resolve) => setTimeout(resolve, 5));
        console.timeLog('t', { a: 1 });
        console.timeEnd('t');
        console.timeEnd('t');
      });`,
  });
  const counted = [
    '[INFO] default: 1',
    '[INFO] own: 1',
    '[INFO] default: 2',
    '[INFO] default: 1',
    "[WARN] Count for 'other' does not exist",
  ];
  for (const _ of [1, 2]) {
    expect(await host.call('counting:count')).toMatchObject({ logLines: counted });
  }
  expect(await host.call('counting:time')).toMatchObject({
    logLines: [
      "[WARN] Timer 't' already exists",
      expect.stringMatching(/^\[INFO\] t: [\d.]+ms \{ a: 1 \}$/),
      expect.stringMatching(/^\[INFO\] t: [\d.]+ms$/),
      "[WARN] Timer 't' does not exist",
    ],
  });
});

test('a call that logs too much is told so, once', async () => {
  await using host = await temporaryHost({
    loud: `${SERVER}
      export const log = query((ctx, { times }) => {
        for (let index = 0; index < times; index += 1) console.log(index);
      });`,
  });
  const linesOf = async (times: number): Promise<string[]> =>
    (await host.call('loud:log', { times })).logLines;
  expect((await linesOf(256)).at(-1)).toBe('[LOG] 255');
  expect((await linesOf(400)).slice(255)).toEqual([
    '[LOG] 255',
    '[ERROR] Log overflow (maximum 256). Remaining log lines omitted.',
  ]);
  expect(host.logs).toContain('[CONVEX loud:log] [LOG] 399');
});

test('a log line is cut at 32,768 characters', async () => {
  await using host = await temporaryHost({
    long: `${SERVER}
      export const log = query((ctx, { sizes }) => {
        console.log(...sizes.map((size) => 'x'.repeat(size)));
      });`,
  });
  // The last of four texts, with the level, their quotes and the spaces between them.
  const lineOf = async (length: number): Promise<string | undefined> => {
    const sizes = [9_000, 9_000, 9_000, length - 27_000 - '[LOG] '.length - 4 * 2 - 3];
    const { logLines } = await host.call('long:log', { sizes });
    expect(logLines).toHaveLength(1);
    return logLines[0];
  };
  expect(await lineOf(32_768)).toMatch(/^\[LOG\] 'x.{32758}x'$/);
  expect(await lineOf(32_769)).toMatch(/^\[LOG\] 'x.{32758}xx \(cut\)$/);
});

test('what is not supported says so', async () => {
  await using host = await temporaryHost({
    more: `${SERVER}
      export const file = mutation((ctx) => ctx.storage.generateUploadUrl());
      export const search = query((ctx) => ctx.db.query('rows').withSearchIndex('s', (q) => q.search('a', 'b')).collect());
      export const blob = action((ctx) => ctx.storage.store(new Blob(['x'])));
      export const unknown = query(() => Convex.asyncSyscall('1.0/noSuch', '{}'));
      export const unknownSync = query(() => Convex.syscall('1.0/noSuch', '{}'));
      export const readInAction = action(() => Convex.asyncSyscall('1.0/count', '{"table":"rows"}'));
      export const writeInQuery = query(() => Convex.asyncSyscall('1.0/insert', '{"table":"rows","value":{}}'));`,
  });
  const messageOf = async (path: string): Promise<string> => (await host.failure(path)).message;
  expect(await messageOf('more:file')).toContain('does not support file storage yet');
  expect(await messageOf('more:blob')).toContain('does not support file storage yet');
  expect(await messageOf('more:search')).toContain('search');
  expect(await messageOf('more:unknown')).toContain('Unknown async operation 1.0/noSuch');
  expect(await messageOf('more:unknownSync')).toContain('Unknown operation 1.0/noSuch');
  expect(await messageOf('more:readInAction')).toContain('ctx.runQuery');
  expect(await messageOf('more:writeInQuery')).toContain('Only mutations can write');
});

test('whatever a function throws is its own failure', async () => {
  const deep = `'['.repeat(3000) + ']'.repeat(3000)`;
  const odd = `${SERVER}
    const thrown = {
      nothing: undefined,
      symbol: Symbol('odd'),
      bare: Object.create(null),
      stack: Object.defineProperty(new Error('odd'), 'stack', { get() { throw new Error('no stack'); } }),
      name: { name: { toString() { throw 1; } }, message: 'odd' },
      data: { ConvexErrorSymbol: Symbol.for('ConvexError'), data: '{', message: 'odd' },
      deep: { ConvexErrorSymbol: Symbol.for('ConvexError'), data: ${deep}, message: 'odd' },
      proxy: new Proxy({}, { get() { throw 1; }, has() { throw 1; }, getPrototypeOf() { throw 1; } }),
    };
    export const look = query((ctx, { what }) => { throw thrown[what]; });
    export const write = mutation(async (ctx, { what }) => { throw thrown[what]; });
    export const act = action(async (ctx, { what }) => { throw thrown[what]; });
  `;
  await using host = await temporaryHost({ odd });
  for (const what of ['nothing', 'symbol', 'bare', 'stack', 'name', 'data', 'deep', 'proxy']) {
    for (const name of ['look', 'write', 'act']) {
      const { message, data } = await host.failure(`odd:${name}`, { what });
      expect(message).toMatch(/Server Error\nUncaught /);
      expect(data).toBeUndefined();
    }
  }
});
