import { connect as connectTo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../functions/seeded-random.ts';
import { ADMIN_KEY, CONNECT, addQuery, rawBackend } from './raw-client.fixture.ts';
import type { RawBackend } from './raw-client.fixture.ts';
import { ManualClock } from '../manual-clock.fixture.ts';
import { decodeTimestamp, encodeTimestamp } from './timestamp.ts';

const mutation = (requestId: number, text: string, udfPath = 'm:add') => ({
  type: 'Mutation',
  requestId,
  udfPath,
  args: [{ text }],
});

const action = (requestId: number, udfPath: string, args: object = {}) => ({
  type: 'Action',
  requestId,
  udfPath,
  args: [args],
});

const authenticate = (fields: object) => ({ type: 'Authenticate', baseVersion: 0, ...fields });

const eventually = (read: () => unknown) => expect.poll(read, { timeout: 10_000 });

const start = { querySet: 0, identity: 0, ts: 'AAAAAAAAAAA=' };

describe('what the protocol does not allow ends the connection with a code', () => {
  let backend: RawBackend;

  beforeAll(async () => {
    backend = await rawBackend();
  });

  afterAll(() => backend[Symbol.asyncDispose]());

  const modify = (modifications: unknown, baseVersion: unknown = 0, newVersion: unknown = 1) => ({
    type: 'ModifyQuerySet',
    baseVersion,
    newVersion,
    modifications,
  });

  test.each<[name: string, code: string, messages: unknown[]]>([
    ['no JSON', 'InvalidMessage', ['{"type":']],
    ['an empty frame', 'InvalidMessage', ['']],
    ['no object', 'InvalidMessage', ['[1]']],
    ['null', 'InvalidMessage', ['null']],
    ['no type', 'InvalidMessage', [{}]],
    ['an unknown type', 'InvalidMessage', [CONNECT, { type: 'Nonsense' }]],
    ['a type that objects inherit', 'InvalidMessage', [{ type: 'constructor' }]],
    ['deep JSON', 'InvalidMessage', ['['.repeat(1_000_000)]],
    ['no session', 'InvalidMessage', [{ ...CONNECT, sessionId: 1 }]],
    ['a long session', 'InvalidMessage', [{ ...CONNECT, sessionId: 'x'.repeat(1_000) }]],
    ['no timestamp', 'InvalidMessage', [{ ...CONNECT, maxObservedTimestamp: 'abc' }]],
    ['not connected', 'NotConnected', [mutation(0, 'x')]],
    ['connected twice', 'AlreadyConnected', [CONNECT, CONNECT]],
    ['no modifications', 'InvalidMessage', [CONNECT, modify(undefined)]],
    ['no modification', 'InvalidMessage', [CONNECT, modify([1])]],
    ['no path', 'InvalidMessage', [CONNECT, modify([{ type: 'Add', queryId: 0, args: [] }])]],
    ['no args', 'InvalidMessage', [CONNECT, addQuery(0, 'm:list', { args: {} })]],
    ['an odd journal', 'InvalidMessage', [CONNECT, addQuery(0, 'm:list', { journal: 1 })]],
    ['an odd modification', 'InvalidMessage', [CONNECT, modify([{ type: 'Swap', queryId: 0 }])]],
    ['a negative id', 'InvalidMessage', [CONNECT, addQuery(-1, 'm:list')]],
    ['a fraction', 'InvalidMessage', [CONNECT, addQuery(0.5, 'm:list')]],
    ['another base', 'BaseVersionMismatch', [CONNECT, modify([], 3, 4)]],
    ['an old base', 'BaseVersionMismatch', [CONNECT, modify([]), modify([], 0, 1)]],
    ['no new version', 'InvalidMessage', [CONNECT, modify([], 0, 0)]],
    [
      'an id twice',
      'QueryIdInUse',
      [CONNECT, addQuery(0, 'm:list'), { ...addQuery(0, 'm:list'), baseVersion: 1, newVersion: 2 }],
    ],
    ['an unknown id', 'UnknownQueryId', [CONNECT, modify([{ type: 'Remove', queryId: 7 }])]],
    ['an odd token type', 'InvalidMessage', [CONNECT, authenticate({ tokenType: 'Other' })]],
    ['no token', 'InvalidMessage', [CONNECT, authenticate({ tokenType: 'User' })]],
    [
      'an odd identity',
      'InvalidMessage',
      [CONNECT, authenticate({ tokenType: 'Admin', value: '', impersonating: 'x' })],
    ],
    [
      'another identity base',
      'BaseVersionMismatch',
      [CONNECT, authenticate({ tokenType: 'None', baseVersion: 2 })],
    ],
    ['no request id', 'InvalidMessage', [CONNECT, { ...mutation(0, 'x'), requestId: 'a' }]],
  ])('%s: %s', async (_name, code, messages) => {
    const client = await backend.connect();
    for (const message of messages) client.send(message);
    const { error } = await client.nextOf('FatalError');
    expect(error).toMatch(new RegExp(`^${code}: .+`));
    expect(await client.closed).toEqual({ code: 1008, reason: code });
    await works(backend);
  });

  test('1,000 messages with something wrong somewhere', async () => {
    const random = new SeededRandom(Buffer.alloc(32, 11));
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
    const odd = [undefined, null, -1, 0.5, 1e300, '', 'x', [], [[]], {}, { $integer: 1 }, true];
    const mutate = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null || random.next() < 0.2) return pick(odd);
      const changed: Record<string, unknown> | unknown[] = Array.isArray(value)
        ? [...value]
        : { ...value };
      const key = pick(Object.keys(changed));
      return key === undefined
        ? pick(odd)
        : Object.assign(changed, { [key]: mutate(Reflect.get(changed, key)) });
    };
    const samples = [
      CONNECT,
      addQuery(0, 'm:list', { journal: 'x', componentPath: '' }),
      mutation(0, 'x', 'm:fail'),
      { ...mutation(1, 'x'), type: 'Action' },
      authenticate({ tokenType: 'Admin', value: 'x', impersonating: { subject: 'x' } }),
    ];
    for (let connection = 0; connection < 100; connection++) {
      const client = await backend.connect();
      if (random.next() < 0.8) client.send(CONNECT);
      for (let count = 0; count < 10; count++) client.send(mutate(pick(samples)) ?? 'null');
      client.send('the end');
      const { code, reason } = await client.closed;
      expect([1000, 1008], reason).toContain(code);
    }
    await works(backend);
  });

  test('a binary frame', async () => {
    const client = await backend.connect();
    client.socket.send(Buffer.from(JSON.stringify(CONNECT)));
    expect(await client.nextOf('FatalError')).toMatchObject({
      error: 'InvalidMessage: Messages must be text, not binary.',
    });
  });

  test('a huge frame, text that is not UTF-8', async () => {
    const huge = await backend.connect();
    huge.send(`"${'x'.repeat(33 * 1024 * 1024)}"`);
    expect((await huge.closed).code).toBe(1009);
    const garbled = await backend.connect();
    garbled.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await garbled.closed).code).toBe(1007);
    await works(backend);
  });

  test('another path, another version, no WebSocket at all', async () => {
    await expect(backend.connect('/api/other')).rejects.toThrow('404');
    await expect(backend.connect('/api/new/sync')).rejects.toThrow('400');
    const { port } = new URL(backend.url);
    const socket = connectTo(Number(port), '127.0.0.1');
    socket.write(
      'GET /api/sync HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/);
    socket.destroy();
    await works(backend, '/api/sync');
  });

  test('a mutation too many', async () => {
    const client = await backend.connect();
    client.send(CONNECT);
    for (let id = 0; id < 3_000; id++) client.send(mutation(id, 'x'));
    expect(await client.closed).toEqual({ code: 1013, reason: 'TooManyConcurrentMutations' });
    // Those that waited were done.
    const responses = client.received.filter(({ type }) => type === 'MutationResponse');
    expect(responses.length).toBeGreaterThanOrEqual(1_000);
    expect(responses.map(({ requestId }) => requestId)).toEqual(responses.map((_, id) => id));
    await works(backend);
  });

  test('an action too many', async () => {
    const [client, other] = [await backend.connect(), await backend.connect()];
    for (const { send } of [client, other]) send(CONNECT);
    for (let id = 0; id < 1_000; id++) client.send(action(id, 'm:wait'));
    // Counted by the connection: another one has its own.
    other.send(action(0, 'm:slow', { ms: 1 }));
    expect(await other.nextOf('ActionResponse')).toMatchObject({ success: true });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.send(action(1_000, 'm:wait'));
    expect(await client.closed).toEqual({ code: 1013, reason: 'TooManyConcurrentActions' });
    other.send(action(1, 'm:open'));
    expect(await other.nextOf('ActionResponse')).toMatchObject({ success: true });
    await works(backend);
  });

  test('a client that saw the future', async () => {
    const client = await backend.connect();
    const future = BigInt(Date.now() + 60_000) * 1_000_000n;
    client.send({ ...CONNECT, maxObservedTimestamp: encodeTimestamp(future) });
    expect((await client.closed).reason).toMatch(/^ClientTimestampInFuture/);
  });

  test('but not one that saw what is here, before the clock was put back', async () => {
    await using late = await rawBackend(undefined, new ManualClock(Date.now() - 600_000));
    await late.host.value('m:add', { text: 'before' });
    const seen = encodeTimestamp(await late.host.host.latestTimestamp());
    const client = await late.connect();
    client.send({ ...CONNECT, maxObservedTimestamp: seen });
    client.send(mutation(0, 'x'));
    expect(await client.nextOf('MutationResponse')).toMatchObject({ success: true });
  });
});

describe('messages', () => {
  test('each transition starts where the last one ended, and follows each response', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    client.send(CONNECT);
    client.send(addQuery(0, 'm:list'));
    const first = await client.next();
    expect(first).toMatchObject({
      type: 'Transition',
      startVersion: start,
      endVersion: { querySet: 1, identity: 0 },
      modifications: [{ type: 'QueryUpdated', queryId: 0, value: [], logLines: [], journal: null }],
    });
    client.send(mutation(0, 'one'));
    const response = await client.next();
    expect(response).toMatchObject({
      type: 'MutationResponse',
      requestId: 0,
      success: true,
      result: 'one',
      logLines: [],
    });
    const second = await client.next();
    expect(second).toMatchObject({
      startVersion: first['endVersion'],
      modifications: [{ type: 'QueryUpdated', value: ['one'] }],
    });
    expect(second['endVersion']).toMatchObject({ ts: response['ts'] });
    client.send(mutation(1, '', 'm:fail'));
    const failed = await client.next();
    expect(failed).toMatchObject({
      success: false,
      ts: null,
      errorData: 'no',
      result: expect.stringContaining('Uncaught ConvexError'),
    });
    expect(await client.next()).toMatchObject({
      type: 'Transition',
      startVersion: second['endVersion'],
      modifications: [],
    });
    client.send({ type: 'Event', eventType: 'any', event: null });
    client.send(action(2, 'm:slow', { ms: 1 }));
    const answered = await client.next();
    expect(answered).toMatchObject({
      type: 'ActionResponse',
      requestId: 2,
      success: true,
      result: 1,
    });
    expect(answered).not.toHaveProperty('ts');
    expect(await client.next()).toMatchObject({ type: 'Transition', modifications: [] });
    const remove = { type: 'Remove', queryId: 0 };
    client.send({ type: 'ModifyQuerySet', baseVersion: 1, newVersion: 2, modifications: [remove] });
    expect(await client.next()).toMatchObject({
      modifications: [{ type: 'QueryRemoved', queryId: 0 }],
    });
  });

  test('as many mutations as may wait run in their order, actions beside each other', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    client.send(CONNECT);
    const ids = Array.from({ length: 1_000 }, (_, id) => id);
    for (const id of ids) client.send(mutation(id, `${id}`));
    const answered: unknown[] = [];
    for (const _ of ids) answered.push((await client.nextOf('MutationResponse'))['result']);
    expect(answered).toEqual(ids.map(String));
    expect(await backend.host.value('m:list')).toEqual(answered);
    // The first one ends when the second one runs.
    client.send(action(1_000, 'm:wait'));
    client.send(action(1_001, 'm:open'));
    const responses = [
      await client.nextOf('ActionResponse'),
      await client.nextOf('ActionResponse'),
    ];
    expect(responses).toContainEqual(
      expect.objectContaining({ requestId: 1_000, result: 'opened' }),
    );
  });

  test('what cannot be run is told in its own place', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    client.send(CONNECT);
    const add = (queryId: number, udfPath: string, more: object = {}) => ({
      type: 'Add',
      queryId,
      udfPath,
      args: [{}],
      ...more,
    });
    client.send({
      type: 'ModifyQuerySet',
      baseVersion: 0,
      newVersion: 1,
      modifications: [
        add(0, 'm:list'),
        add(1, '???'),
        add(2, 'm:list', { componentPath: 'child' }),
        add(3, 'm:list', { args: [{ a: { $integer: 1 } }] }),
        add(4, 'm:add'),
      ],
    });
    const { modifications } = await client.nextOf('Transition');
    const byId = (modifications as { queryId: number; type: string; errorMessage: string }[]).sort(
      (left, right) => left.queryId - right.queryId,
    );
    expect(byId.map(({ type }) => type)).toEqual(['QueryUpdated', ...Array(4).fill('QueryFailed')]);
    expect(byId[2]?.errorMessage).toContain('components');
    expect(byId[4]?.errorMessage).toContain('Trying to execute m:add as Query');
  });

  test('a mutation that is sent again is answered again and not applied again', async () => {
    await using backend = await rawBackend();
    const clients = [await backend.connect(), await backend.connect()];
    const answers = [];
    for (const client of clients) {
      client.send(CONNECT);
      client.send(mutation(5, 'one'));
      answers.push(await client.nextOf('MutationResponse'));
      await client.nextOf('Transition');
    }
    expect(answers[1]).toEqual(answers[0]);
    // Failures are not kept, and another session has numbers of its own.
    const other = await backend.connect();
    other.send({ ...CONNECT, sessionId: 'another' });
    other.send(mutation(5, 'two'));
    expect(await other.nextOf('MutationResponse')).toMatchObject({ result: 'two' });
    expect(await backend.host.value('m:list')).toEqual(['one', 'two']);
    await backend.host.push({ m: 'export {};' });
    other.send(mutation(5, 'two'));
    expect(await other.nextOf('MutationResponse')).toMatchObject({ success: true, result: 'two' });
  });

  test('time does not fall behind what the client has seen', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    const seen = BigInt(Date.now() - 1_000) * 1_000_000n;
    client.send({ ...CONNECT, maxObservedTimestamp: encodeTimestamp(seen) });
    client.send(addQuery(0, 'm:list'));
    const { endVersion } = await client.nextOf('Transition');
    const ts = decodeTimestamp((endVersion as { ts: string }).ts);
    expect(ts).toBeGreaterThanOrEqual(seen);
  });

  test('admins act as users; a wrong key is an AuthError', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    const impersonating = { subject: 'eve', issuer: 'https://issuer.test' };
    client.send(CONNECT);
    client.send(authenticate({ tokenType: 'Admin', value: ADMIN_KEY, impersonating }));
    client.send(addQuery(0, 'm:who'));
    const updated = async () => {
      for (;;) {
        const { modifications, endVersion } = await client.nextOf('Transition');
        const [first] = modifications as { value: unknown }[];
        if (first !== undefined) return { value: first.value, endVersion };
      }
    };
    expect(await updated()).toMatchObject({ value: 'eve', endVersion: { identity: 1 } });
    client.send(authenticate({ tokenType: 'None', baseVersion: 1 }));
    expect(await updated()).toMatchObject({ value: null, endVersion: { identity: 2 } });
    client.send(authenticate({ tokenType: 'Admin', value: 'wrong', baseVersion: 2 }));
    expect(await client.nextOf('AuthError')).toEqual({
      type: 'AuthError',
      error: expect.stringMatching(/^BadDeployKey: /),
      baseVersion: 2,
      authUpdateAttempted: true,
    });
    expect(await client.closed).toEqual({ code: 1000, reason: 'BadDeployKey' });
  });

  test('only clients that know chunks get them', async () => {
    await using backend = await rawBackend();
    for (const [path, types] of [
      ['/api/1.48.0/sync', ['TransitionChunk', 'TransitionChunk']],
      ['/api/1.27.0/sync', ['Transition']],
      ['/api/sync', ['Transition']],
    ] as const) {
      const client = await backend.connect(path);
      client.send(CONNECT);
      client.send(addQuery(0, 'm:big', { args: [{ size: 6_000_000 }] }));
      await eventually(() => client.received.map(({ type }) => type)).toEqual(types);
    }
  });

  test('a slow client skips what is over', async () => {
    await using backend = await rawBackend();
    const client = await backend.connect();
    client.send(CONNECT);
    client.send({
      ...addQuery(0, 'm:list'),
      modifications: [
        { type: 'Add', queryId: 0, udfPath: 'm:list', args: [{}] },
        { type: 'Add', queryId: 1, udfPath: 'm:who', args: [{}] },
      ],
    });
    await client.nextOf('Transition');
    client.socket.pause();
    const text = 'x'.repeat(500_000);
    for (let index = 0; index < 30; index++) await backend.host.value('m:add', { text });
    client.socket.resume();
    const lengthOf = (): number => {
      const last = client.received.at(-1)?.['modifications'] as { value: string[] }[] | undefined;
      return last?.[0]?.value.length ?? 0;
    };
    const shown = () => Math.max(lengthOf(), joinedLength(client.received));
    await eventually(shown).toBe(30);
    expect(client.received.filter(({ type }) => type === 'Transition').length).toBeLessThan(30);
  });
});

test('a client that takes nothing is dropped before it fills the memory', async () => {
  await using backend = await rawBackend();
  const client = await backend.connect();
  client.send(CONNECT);
  client.socket.pause();
  for (let id = 0; id < 12; id++) client.send(action(id, 'm:bigInAction', { size: 10_000_000 }));
  const other = await backend.connect();
  other.send({ ...CONNECT, sessionId: 'another' });
  // It is answered after the twelve.
  other.send(action(0, 'm:bigInAction', { size: 1 }));
  await other.nextOf('ActionResponse');
  client.socket.resume();
  expect((await client.closed).code).toBe(1006);
  expect(client.received.length).toBeLessThan(12);
});

/** The number of rows in the last transition that came in chunks. */
function joinedLength(received: readonly Record<string, unknown>[]): number {
  const last = received.at(-1);
  if (
    last?.['type'] !== 'TransitionChunk' ||
    last['partNumber'] !== Number(last['totalParts']) - 1
  ) {
    return 0;
  }
  const chunks = received.filter(({ transitionId }) => transitionId === last['transitionId']);
  const transition = JSON.parse(chunks.map(({ chunk }) => chunk).join(''));
  return transition.modifications[0].value.length;
}

describe('looking after a connection', () => {
  test('a quiet one gets a Ping', async () => {
    await using backend = await rawBackend({ everyMs: 10, pingMs: 30, silenceMs: 60_000 });
    const client = await backend.connect();
    expect(await client.next()).toEqual({ type: 'Ping' });
    expect(await client.next()).toEqual({ type: 'Ping' });
  });

  test('a dead one is dropped, a live one is not', async () => {
    await using backend = await rawBackend({ everyMs: 10, pingMs: 60_000, silenceMs: 300 });
    const live = await backend.connect();
    const dead = await backend.connect();
    // Without reading, it answers no pings.
    dead.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 600));
    dead.socket.resume();
    expect((await dead.closed).code).toBe(1006);
    expect(live.socket.readyState).toBe(live.socket.OPEN);
  });
});

/** Another client is served as if nothing had happened. */
async function works(backend: RawBackend, path?: string): Promise<void> {
  const client = await backend.connect(path);
  client.send({ ...CONNECT, sessionId: 'afterwards' });
  client.send(addQuery(0, 'm:list'));
  expect(await client.nextOf('Transition')).toMatchObject({ startVersion: start });
  expect(backend.logs).toEqual([]);
}
