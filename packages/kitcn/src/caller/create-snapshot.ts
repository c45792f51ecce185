import type { CallSession } from './call-session.ts';
import type { CallTrace } from './call-trace.ts';
import { collectQueries } from './collect-queries.ts';
import { runSnapshot } from './run-snapshot.ts';
import type { Snapshot, SnapshotOptions, SnapshotResult } from './snapshot.ts';
import type { Watch } from './watch-calls.ts';

type Collect = (caller: object) => unknown;
/** What the snapshot gives for one query. */
type ToValue = (result: SnapshotResult<unknown>) => unknown;

/** The `snapshot` of one context. */
export function createSnapshot<TApi>(
  session: CallSession,
  notingCaller: object,
  watch: Watch | undefined,
): Snapshot<TApi> {
  const take =
    (toValue: ToValue) =>
    (collect: Collect, options: SnapshotOptions = {}): Promise<unknown> =>
      takeSnapshot({ session, notingCaller, watch, collect, options, toValue });
  const snapshot = Object.assign(take(unwrap), { settled: take((result) => result) });
  // What the callback is given and returns is checked by the types that users see.
  return snapshot as unknown as Snapshot<TApi>;
}

interface SnapshotCall {
  readonly session: CallSession;
  readonly notingCaller: object;
  readonly watch: Watch | undefined;
  readonly collect: Collect;
  readonly options: SnapshotOptions;
  readonly toValue: ToValue;
}

async function takeSnapshot(call: SnapshotCall): Promise<unknown> {
  const { session, watch, options, toValue } = call;
  const { queries, toShape } = await collectQueries(call.collect, call.notingCaller);
  if (queries.length === 0) return toShape([]);
  const run = async (trace?: CallTrace): Promise<unknown> => {
    const results = await runSnapshot(session, { queries, options }, trace);
    return toShape(results.map(toValue));
  };
  if (watch === undefined) return run();
  const input = queries.map(({ leaf, input: own }) => ({ path: leaf.path.join('.'), input: own }));
  return watch({ path: 'snapshot', kind: 'snapshot', input }, run);
}

function unwrap(result: SnapshotResult<unknown>): unknown {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
