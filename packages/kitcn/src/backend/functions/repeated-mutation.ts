import type { SessionOutcome, SessionRequest } from '../storage/session-requests.ts';
import type { MutationHooks } from './function-runner.ts';

/** The mutation ran and committed when its client sent it before. */
export class AlreadyApplied extends Error {
  override readonly name = 'AlreadyApplied';
  readonly outcome: SessionOutcome;

  constructor(outcome: SessionOutcome) {
    super('the mutation has been applied before');
    this.outcome = outcome;
  }
}

/** Makes a mutation throw `AlreadyApplied` the second time, and keeps its answer in its own commit the first time. */
export function applyOnce(
  request: SessionRequest,
  logLines: string[],
): Pick<MutationHooks, 'before' | 'after'> {
  return {
    before({ transaction }) {
      const outcome = transaction.findOutcome(request);
      if (outcome !== null) throw new AlreadyApplied(outcome);
    },
    after({ transaction }, value) {
      transaction.keepOutcome(request, { value, logLines });
    },
  };
}
