import { setTimeout as sleep } from 'node:timers/promises';
import { BaseConvexClient } from 'convex/browser';
import { ConvexError } from 'convex/values';
import { describe, expect, test } from 'vitest';
import {
  actionOf,
  collect,
  eventually,
  layWire,
  mutationOf,
  queryOf,
  signToken,
  startSyncBackend,
  temporaryFolder,
} from './sync-backend.ts';

/** What the client hands out for a paginated query; its type is not exported. */
interface Page {
  results: { body: string }[];
  status: string;
  loadMore(count: number): void;
}

describe('ConvexClient', () => {
  test('a subscription shows every write, whoever made it', async () => {
    await using sync = await startSyncBackend();
    const [ada, bob] = [sync.connect(), sync.connect()];
    const seen = [ada, bob].map((client) => collect<string[]>(client, 'list', { channel: 'a' }));
    await eventually(() => seen.map(({ values }) => values)).toEqual([[[]], [[]]]);
    expect(await ada.mutation(mutationOf('send'), { channel: 'a', body: 'one' })).toBe('one');
    // It resolved after the transition: what was written is there to read.
    expect(seen[0]?.values.at(-1)).toEqual(['one']);
    await bob.mutation(mutationOf('send'), { channel: 'a', body: 'two' });
    await sync.connectHttp().mutation(mutationOf('send'), {
      channel: 'a',
      body: 'three',
    });
    const states = [[], ['one'], ['one', 'two'], ['one', 'two', 'three']];
    await eventually(() => seen.map(({ values }) => values)).toEqual([states, states]);
  });

  test('an optimistic update is replaced by the result without a step between', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const args = { channel: 'a' };
    const { values } = collect<string[]>(client, 'list', args);
    await eventually(() => values).toEqual([[]]);
    const bodies = ['one', 'two', 'three'];
    await Promise.all(
      bodies.map((body) =>
        client.mutation(
          mutationOf('send'),
          { channel: 'a', body },
          {
            optimisticUpdate: (store) => {
              const list: string[] = store.getQuery(queryOf('list'), args) ?? [];
              store.setQuery(queryOf('list'), args, [...list, `${body}?`]);
            },
          },
        ),
      ),
    );
    expect(values.at(-1)).toEqual(bodies);
    for (const value of values) {
      const settled = value.map((body) => body.replace('?', ''));
      expect(settled, JSON.stringify(values)).toEqual(bodies.slice(0, value.length));
    }
  });

  test('an action resolves, and what it wrote shows', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const { values } = collect<string[]>(client, 'list', { channel: 'a' });
    const args = { channel: 'a', body: 'one' };
    expect(await client.action(actionOf('sendFromAction'), args)).toBe('done');
    await eventually(() => values.at(-1)).toEqual(['one']);
  });

  test('mutations of one client run in the order in which they were asked for', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const asked = Array.from({ length: 50 }, () =>
      client.mutation(mutationOf('increment'), { name: 'n' }),
    );
    expect(await Promise.all(asked)).toEqual(asked.map((_, index) => index + 1));
  });

  test('more of them than may wait are all done, once and in that order', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const asked = Array.from({ length: 1_500 }, () =>
      client.mutation(mutationOf('increment'), { name: 'n' }),
    );
    expect(await Promise.all(asked)).toEqual(asked.map((_, index) => index + 1));
  });

  test('what a mutation threw arrives with its data, and nothing was written', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const args = { channel: 'a', body: 'one' };
    const error = await client.mutation(mutationOf('refuse'), args).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConvexError);
    expect(error.data).toEqual({ code: 'NO', size: 3n });
    const wrong = client.mutation(mutationOf('send'), { channel: 1 });
    await expect(wrong).rejects.toThrow('ArgumentValidationError');
    await expect(client.action(actionOf('no/such:thing'), {})).rejects.toThrow(
      'is not the path of a function',
    );
    await expect(client.mutation(mutationOf('nothing'), {})).rejects.toThrow(
      "Could not find public function for 'messages:nothing'.",
    );
    expect(await client.query(queryOf('count'), {})).toBe(0);
  });

  test('a query that fails tells so, once, and recovers', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const { values, errors } = collect<string>(client, 'picky', { channel: 'a' });
    await eventually(() => errors.length).toBe(1);
    expect(errors[0]).toBeInstanceOf(ConvexError);
    expect((errors[0] as ConvexError<{ code: string }>).data).toEqual({
      code: 'EMPTY',
      channel: 'a',
    });
    await client.mutation(mutationOf('send'), { channel: 'b', body: 'elsewhere' });
    await client.mutation(mutationOf('send'), { channel: 'a', body: 'one' });
    expect(values).toEqual(['one']);
    await client.mutation(mutationOf('removeFirst'), { channel: 'a' });
    expect(errors.length).toBe(2);
    const missing = collect(client, 'nothing');
    const malformed = collect(client, 'a:b:c');
    await eventually(() => [missing, malformed].map((each) => each.errors.length)).toEqual([1, 1]);
  });

  test('after unsubscribing nothing runs and nothing comes', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const { values, unsubscribe } = collect(client, 'counted', { channel: 'a' });
    await eventually(() => values.length).toBe(1);
    unsubscribe();
    const send = mutationOf('send');
    await client.mutation(send, { channel: 'a', body: 'one' });
    await client.mutation(send, { channel: 'a', body: 'two' });
    expect(values.length).toBe(1);
    // The last one may have been under way.
    expect(sync.countLogs("'ran'")).toBeLessThanOrEqual(2);
  });

  test('a large result comes in chunks', async () => {
    await using sync = await startSyncBackend();
    const { values } = collect<string>(sync.connect(), 'large', { megabytes: 8 });
    await eventually(() => values.length).toBe(1);
    expect(values[0]).toBe('é"x'.repeat(2_000_000));
  });

  test('pages of a growing list stay gapless', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const bodies = Array.from({ length: 10 }, (_, index) => `${index}`);
    await client.mutation(mutationOf('sendMany'), { channel: 'a', bodies });
    let latest: Page | undefined;
    const shown = (): string => latest?.results.map(({ body }) => body).join(' ') ?? '';
    client.onPaginatedUpdate_experimental(
      queryOf('page') as never,
      { channel: 'a' } as never,
      { initialNumItems: 3 },
      (result) => {
        latest = result as never;
      },
    );
    await eventually(shown).toBe('9 8 7');
    latest?.loadMore(3);
    await eventually(shown).toBe('9 8 7 6 5 4');
    await client.mutation(mutationOf('sendMany'), { channel: 'a', bodies: ['new', 'newer'] });
    // The first page grew; its end, where the second one begins, stayed.
    await eventually(shown).toBe('newer new 9 8 7 6 5 4');
    latest?.loadMore(10);
    await eventually(shown).toBe('newer new 9 8 7 6 5 4 3 2 1 0');
    expect(latest?.status).toBe('Exhausted');
  });
});

describe('a subscription runs again only if what it read changed', () => {
  test('1,000 subscriptions on ranges of their own, one write: one run', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const subscriptions = Array.from({ length: 1_000 }, (_, index) =>
      collect<string | null>(client, 'counted', { channel: `c${index}` }),
    );
    const filled = (): number => subscriptions.filter(({ values }) => values.length > 0).length;
    await eventually(filled).toBe(1_000);
    expect(sync.countLogs("'ran'")).toBe(1_000);
    await client.mutation(mutationOf('send'), { channel: 'c500', body: 'one' });
    expect(subscriptions[500]?.values).toEqual([null, 'one']);
    expect(sync.countLogs("'ran'")).toBe(1_001);
    await client.mutation(mutationOf('send'), { channel: 'elsewhere', body: 'one' });
    await client.mutation(mutationOf('increment'), { name: 'n' });
    expect(sync.countLogs("'ran'")).toBe(1_001);
    expect(subscriptions.filter(({ values }) => values.length !== 1).length).toBe(1);
  });

  test('100 clients on one range: one run for all of them', async () => {
    await using sync = await startSyncBackend();
    const clients = Array.from({ length: 100 }, () => sync.connect());
    const subscriptions = clients.map((client) => collect(client, 'counted', { channel: 'a' }));
    const seen = (): number => subscriptions.filter(({ values }) => values.length > 0).length;
    await eventually(seen).toBe(clients.length);
    const before = sync.countLogs("'ran'");
    expect(before).toBe(1);
    await clients[0]?.mutation(mutationOf('send'), { channel: 'a', body: 'one' });
    const updated = (): number =>
      subscriptions.filter(({ values }) => values.at(-1) === 'one').length;
    await eventually(updated).toBe(clients.length);
    expect(sync.countLogs("'ran'")).toBe(2);
    expect(await sync.connectHttp().query(queryOf('counted'), { channel: 'a' })).toBe('one');
    expect(sync.countLogs("'ran'")).toBe(2);
  });

  test('new code runs all of them again; equal results are not sent', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const { values } = collect(client, 'counted', { channel: 'a' });
    await eventually(() => values.length).toBe(1);
    await sync.backend.push();
    await eventually(() => sync.countLogs("'ran'")).toBe(2);
    await client.mutation(mutationOf('send'), { channel: 'b', body: 'one' });
    expect(values).toEqual([null]);
  });
});

describe('identity', () => {
  test('a change of it runs again what looked at it', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const who = collect<string | null>(client, 'whoAmI');
    const list = collect<string | null>(client, 'counted', { channel: 'a' });
    await eventually(() => [who.values, list.values]).toEqual([[null], [null]]);
    client.setAuth(() => Promise.resolve(signToken('ada')));
    await eventually(() => who.values).toEqual([null, 'ada']);
    client.setAuth(() => Promise.resolve(signToken('bob')));
    await eventually(() => who.values).toEqual([null, 'ada', 'bob']);
    expect(list.values).toEqual([null]);
    expect(sync.countLogs("'ran'")).toBe(1);
    const other = collect<string | null>(sync.connect(), 'whoAmI');
    await eventually(() => other.values).toEqual([null]);
  });

  test('a token that is refused leaves the client signed out, and the rest works', async () => {
    await using sync = await startSyncBackend();
    const client = sync.connect();
    const who = collect<string | null>(client, 'whoAmI');
    const changes: boolean[] = [];
    client.setAuth(
      () => Promise.resolve('not a token'),
      (isAuthenticated) => changes.push(isAuthenticated),
    );
    await eventually(() => changes).toEqual([false]);
    await client.mutation(mutationOf('send'), { channel: 'a', body: 'one' });
    expect(who.values.at(-1)).toBeNull();
  });

  test('a token that expires on a live connection is refreshed and nothing is lost', async () => {
    await using sync = await startSyncBackend();
    // It means to refresh long after the token has expired, so the backend has to speak up.
    const client = sync.connect({ authRefreshTokenLeewaySeconds: -60 });
    const who = collect<string | null>(client, 'whoAmI');
    const list = collect<string[]>(client, 'list', { channel: 'a' });
    let fetched = 0;
    const changes: boolean[] = [];
    client.setAuth(
      () => {
        fetched += 1;
        return Promise.resolve(signToken(`ada${fetched}`, fetched <= 2 ? 3 : 60));
      },
      (isAuthenticated) => changes.push(isAuthenticated),
    );
    await eventually(() => who.values.at(-1)).toBe('ada2');
    const sent: string[] = [];
    while (who.values.at(-1) === 'ada2') {
      const body = `${sent.length}`;
      await client.mutation(mutationOf('send'), { channel: 'a', body });
      sent.push(body);
      await sleep(5);
    }
    expect(who.values.at(-1)).toBe('ada3');
    expect(list.values.at(-1)).toEqual(sent);
    expect(changes).not.toContain(false);
  });

  test('an admin acts as a user and reaches internal functions', async () => {
    await using sync = await startSyncBackend();
    const values: unknown[] = [];
    const client = new BaseConvexClient(
      sync.backend.url,
      () => values.push(client.localQueryResult('messages:whoAmI', {})),
      { logger: false },
    );
    // Not in the public types: the dashboard and the CLI use it.
    const admin = client as unknown as { setAdminAuth(key: string, user?: object): void };
    admin.setAdminAuth(sync.backend.adminKey, { issuer: 'https://issuer.test', subject: 'eve' });
    client.subscribe('messages:whoAmI', {});
    await eventually(() => values.at(-1)).toBe('eve');
    await client.close();
  });
});

describe('reconnecting', () => {
  test('a mutation whose answer was lost is applied once, across a restart', async () => {
    await using temporary = await temporaryFolder();
    const dataDir = temporary.folder;
    const first = await startSyncBackend({ dataDir });
    const wire = await layWire(Number(new URL(first.backend.url).port));
    const client = first.connect({ url: wire.url });
    const counter = collect<number>(client, 'counter', { name: 'n' });
    await eventually(() => counter.values).toEqual([0]);
    wire.swallowAnswers();
    const incremented = client.mutation(mutationOf('increment'), { name: 'n' });
    const queued = client.mutation(mutationOf('increment'), { name: 'n' });
    const http = first.connectHttp();
    await eventually(() => http.query(queryOf('counter'), { name: 'n' })).toBe(2);
    await first.backend.close();
    await using second = await startSyncBackend({ dataDir });
    wire.cut(Number(new URL(second.backend.url).port));
    expect(await incremented).toBe(1);
    expect(await queued).toBe(2);
    expect(counter.values.at(-1)).toBe(2);
    expect(await client.mutation(mutationOf('increment'), { name: 'n' })).toBe(3);
    await client.close();
    await wire[Symbol.asyncDispose]();
  });

  test('a query that never ends fails by itself, the other subscriptions come back', async () => {
    await using sync = await startSyncBackend({ transactionTimeoutMs: 1_000 });
    const client = sync.connect();
    const list = collect<string[]>(client, 'list', { channel: 'a' });
    await eventually(() => list.values).toEqual([[]]);
    const forever = collect(client, 'forever');
    await eventually(() => forever.errors.length).toBe(1);
    expect(forever.errors[0]?.message).toContain('Function execution timed out');
    await client.mutation(mutationOf('send'), { channel: 'a', body: 'one' });
    expect(list.values.at(-1)).toEqual(['one']);
  });
});
