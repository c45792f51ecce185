import { expectTypeOf, test } from 'vitest';
import type { ApiLeaf } from '../api/api-function.ts';
import type { CRPCError } from '../errors/crpc-error.ts';
import type { Snapshot, SnapshotResult } from './snapshot.ts';

interface Api {
  user: {
    list: ApiLeaf<'query', {}, string[]>;
    getById: ApiLeaf<'query', { id: string }, Date | null>;
    nickname: ApiLeaf<'query', {}, string | undefined>;
    create: ApiLeaf<'mutation', { name: string }, string>;
  };
  jobs: { nightly: { reindex: ApiLeaf<'action', {}, null> } };
}

declare const snapshot: Snapshot<Api>;

test('a list of queries gives a tuple', async () => {
  const result = await snapshot((c) => [c.user.list({}), c.user.getById({ id: 'a' })]);
  expectTypeOf(result).toEqualTypeOf<[string[], Date | null]>();
  const [users, date] = result;
  expectTypeOf(users).toEqualTypeOf<string[]>();
  expectTypeOf(date).toEqualTypeOf<Date | null>();
});

test('what may be undefined stays so', async () => {
  const [nickname] = await snapshot((c) => [c.user.nickname()]);
  expectTypeOf(nickname).toEqualTypeOf<string | undefined>();
});

test('a list of any length gives an array', async () => {
  const ids: string[] = [];
  const result = await snapshot((c) => ids.map((id) => c.user.getById({ id })));
  expectTypeOf(result).toEqualTypeOf<(Date | null)[]>();
});

test('an object of queries gives an object', async () => {
  const result = await snapshot((c) => ({
    users: c.user.list(),
    one: c.user.getById({ id: 'a' }),
  }));
  expectTypeOf(result).toEqualTypeOf<{ users: string[]; one: Date | null }>();
});

test('settled gives how each one ended, in the same shape', async () => {
  const [users] = await snapshot.settled((c) => [c.user.list()]);
  expectTypeOf(users).toEqualTypeOf<SnapshotResult<string[]>>();
  if (users.status === 'rejected') expectTypeOf(users.reason).toEqualTypeOf<CRPCError>();
  else expectTypeOf(users.value).toEqualTypeOf<string[]>();
  const named = await snapshot.settled((c) => ({ users: c.user.list() }), { timeoutMs: 5 });
  expectTypeOf(named).toEqualTypeOf<{ users: SnapshotResult<string[]> }>();
});

test('mistakes are errors', () => {
  // @ts-expect-error a mutation
  void snapshot((c) => [c.user.create({ name: 'Ada' })]);
  // @ts-expect-error an action
  void snapshot((c) => ({ job: c.jobs.nightly.reindex({}) }));
  // @ts-expect-error no such query
  void snapshot((c) => [c.user.lst()]);
  // @ts-expect-error the input is missing
  void snapshot((c) => [c.user.getById()]);
  // @ts-expect-error a field has another type
  void snapshot((c) => [c.user.getById({ id: 7 })]);
  // @ts-expect-error no query
  void snapshot(() => [7]);
  // @ts-expect-error the callback has nothing to wait for
  void snapshot(async (c) => [c.user.list()]);
  // @ts-expect-error no such option
  void snapshot((c) => [c.user.list()], { skipUnauth: true });
});
