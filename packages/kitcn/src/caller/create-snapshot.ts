import type { CallSession } from './call-session.ts';
import type { CallerBranch } from './caller-tree.ts';
import { onDemand } from './on-demand.ts';
import type { Snapshot, SnapshotOptions } from './snapshot.ts';

/** The `snapshot` of one context; what takes it is loaded with the first one. */
export function createSnapshot<TApi>(tree: CallerBranch, session: CallSession): Snapshot<TApi> {
  const take =
    (isSettled: boolean) =>
    async (collect: (caller: object) => unknown, options: SnapshotOptions = {}) => {
      const { takeSnapshot } = await onDemand();
      return takeSnapshot(session, tree, { collect, options, isSettled });
    };
  const snapshot = Object.assign(take(false), { settled: take(true) });
  // What the callback is given and returns is checked by the types that users see.
  return snapshot as unknown as Snapshot<TApi>;
}
