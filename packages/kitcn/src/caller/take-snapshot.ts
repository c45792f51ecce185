import type { CallSession } from './call-session.ts';
import type { CallTrace } from './call-trace.ts';
import type { CallerBranch } from './caller-tree.ts';
import { collectQueries } from './collect-queries.ts';
import { runSnapshot } from './run-snapshot.ts';
import type { SnapshotOptions, SnapshotResult } from './snapshot.ts';

/** What users hand over for a snapshot. */
export interface SnapshotCall {
  readonly collect: (caller: object) => unknown;
  readonly options: SnapshotOptions;
  /** Whether to give how each query ended, instead of what it returned. */
  readonly isSettled: boolean;
}

/** One snapshot, from the callback to its results in the shape that the callback gave. */
export async function takeSnapshot(
  session: CallSession,
  tree: CallerBranch,
  { collect, options, isSettled }: SnapshotCall,
): Promise<unknown> {
  const { queries, toShape } = await collectQueries(collect, tree);
  if (queries.length === 0) return toShape([]);
  const run = async (trace?: CallTrace): Promise<unknown> => {
    const results = await runSnapshot(session, { queries, options }, trace);
    return toShape(isSettled ? results : results.map(unwrap));
  };
  if (session.watch === undefined) return run();
  const input = queries.map(({ leaf, input: own }) => ({ path: leaf.path.join('.'), input: own }));
  return session.watch({ path: 'snapshot', kind: 'snapshot', input }, run);
}

function unwrap(result: SnapshotResult<unknown>): unknown {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
