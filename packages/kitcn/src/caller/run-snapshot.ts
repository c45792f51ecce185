import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import { assertRetries } from './assert-retries.ts';
import { sendAttempt } from './call-session.ts';
import type { CallScope, CallSession } from './call-session.ts';
import type { CallTrace } from './call-trace.ts';
import type { NotedQuery } from './collect-queries.ts';
import { readBatchAnswer } from './function-answer.ts';
import { isUnauthorized } from './is-unauthorized.ts';
import { toRequestBody } from './request-body.ts';
import { runAttempts } from './recovery.ts';
import { runFunction } from './run-call.ts';
import { runLimited } from './run-limited.ts';
import type { SnapshotOptions, SnapshotResult } from './snapshot.ts';
import { splitBatch } from './split-batch.ts';
import type { Batch } from './split-batch.ts';

type Results = SnapshotResult<unknown>[];

export interface SnapshotRequest {
  readonly queries: readonly NotedQuery[];
  readonly options: SnapshotOptions;
}

/** Runs the queries of a snapshot, in one request if they fit, and tells how each ended. */
export async function runSnapshot(
  session: CallSession,
  { queries, options }: SnapshotRequest,
  trace?: CallTrace,
): Promise<Results> {
  const { settings } = session;
  const { retries = settings.retries, consistent = false } = options;
  assertRetries(retries);
  const bodies = await Promise.all(
    queries.map(({ leaf, input }) => toRequestBody(settings.codec.input, leaf, input)),
  );
  return runLimited(session, options, (signal) =>
    runBatches({
      session,
      queries,
      bodies,
      isConsistent: consistent,
      scope: { signal, retries, dedupe: false, trace },
    }),
  );
}

interface SnapshotRun {
  readonly session: CallSession;
  readonly queries: readonly NotedQuery[];
  readonly bodies: readonly string[];
  readonly isConsistent: boolean;
  readonly scope: CallScope;
}

async function runBatches(snapshot: SnapshotRun): Promise<Results> {
  const { session, bodies, isConsistent } = snapshot;
  const batches = splitBatch(bodies);
  if (isConsistent && batches.length > 1) throw tooLarge(bodies.length);
  if (session.settings.batches.isMissing) return runSeparately(snapshot);
  const results = await Promise.all(batches.map((batch) => runBatch(snapshot, batch)));
  return results.includes(undefined)
    ? runSeparately(snapshot)
    : results.flatMap((some) => some ?? []);
}

/** `undefined` if the deployment does not know batches. */
async function runBatch(
  { session, queries, scope }: SnapshotRun,
  { start, end, body }: Batch,
): Promise<Results | undefined> {
  const functionNames = queries.slice(start, end).map(({ leaf }) => leaf.functionName);
  const { settings, transport, tokens } = session;
  let refused: { error: CRPCError; results: Results } | undefined;
  const attempt = async (token: string | undefined): Promise<Results | undefined> => {
    const answer = await sendAttempt(session, { route: 'query_batch', body, token }, scope);
    if (answer.status === 404) return undefined;
    const source = { url: transport.apiUrl, functionNames };
    const results = readBatchAnswer(settings, answer, source).map(settle);
    const error = refused === undefined ? tryUnauthorized(session, results) : undefined;
    if (error === undefined) {
      tokens.prove(token);
      return results;
    }
    refused = { error, results };
    throw error; // A newer token may do better, for all of them at one timestamp.
  };
  try {
    return await runAttempts(session, { type: 'query', scope }, attempt);
  } catch (error) {
    if (refused !== undefined && refused.error === error) return refused.results;
    throw error;
  }
}

function tryUnauthorized({ settings }: CallSession, results: Results): CRPCError | undefined {
  for (const result of results) {
    if (result.status === 'rejected' && isUnauthorized(settings, result.reason)) {
      return result.reason;
    }
  }
  return undefined;
}

function settle(read: () => unknown): SnapshotResult<unknown> {
  try {
    return { status: 'fulfilled', value: read() };
  } catch (error) {
    if (!isCRPCError(error)) throw error;
    return { status: 'rejected', reason: error };
  }
}

/** For deployments without the route. Once one of them has run a query that way, it is not asked again. */
async function runSeparately({
  session,
  queries,
  bodies,
  isConsistent,
  scope,
}: SnapshotRun): Promise<Results> {
  const { batches } = session.settings;
  if (isConsistent) throw noBatches();
  const settled = await Promise.allSettled(
    queries.map(({ leaf }, index) =>
      runFunction(session, { leaf, body: bodies[index] ?? '' }, scope),
    ),
  );
  const isServed = (result: PromiseSettledResult<unknown>): boolean =>
    result.status === 'fulfilled' || (result.reason as CRPCError).origin === 'function';
  if (settled.some(isServed)) batches.isMissing = true;
  return settled.map((result) => {
    if (result.status === 'rejected' && !isCRPCError(result.reason)) throw result.reason;
    return result as SnapshotResult<unknown>; // Its reason has just been looked at.
  });
}

function tooLarge(count: number): CRPCError {
  return new CRPCError({
    code: 'PAYLOAD_TOO_LARGE',
    message:
      `These ${count} queries are too many or too large for one timestamp ` +
      '(100 queries, 16 MiB). Ask for less, or leave out `consistent`.',
    origin: 'client',
  });
}

function noBatches(): CRPCError {
  return new CRPCError({
    code: 'NOT_IMPLEMENTED',
    message:
      'The deployment has no /api/query_batch, so no snapshot at one timestamp. Leave out `consistent`.',
    origin: 'platform',
  });
}
