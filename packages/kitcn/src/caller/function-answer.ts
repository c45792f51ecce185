import type { JSONValue } from 'convex/values';
import { readJson } from '../wire/read-json.ts';
import type { TextCodec } from '../wire/text-codec.ts';
import type { Clock } from '../shared/clock.ts';
import { toFunctionError } from './function-error.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { toRefusal } from './refusal.ts';
import { tryRetryAfterMs } from './retry.ts';
import { tryParse } from './try-output.ts';

/** What a deployment says of a function that ran, or that it would not run. Source: Convex's HTTP API. */
type FunctionAnswer =
  | { status: 'success'; value: JSONValue }
  | { status: 'error'; errorMessage: string; errorData?: JSONValue };

/** The status that old deployments use for a function that threw; new ones answer 200. */
const FUNCTION_FAILED = 560;

/** How answers become values: the codec, and what `Retry-After` dates are measured by. */
export interface AnswerReader {
  readonly codec: TextCodec;
  readonly clock: Clock;
}

/** Where an answer came from, for errors. */
export interface AnswerSource {
  /** The deployment. */
  readonly url: string;
  readonly functionName: string;
}

/** What the function returned; everything else is thrown as a `CRPCError`. */
export function readAnswer(
  reader: AnswerReader,
  answer: HttpAnswer,
  source: AnswerSource,
): unknown {
  const json = tryParse(answer.text);
  const result =
    answer.status === 200 || answer.status === FUNCTION_FAILED
      ? tryFunctionAnswer(json)
      : undefined;
  if (result === undefined) throw toAnswerError(reader, source.url, { ...answer, json });
  return readResult(reader, result, source.functionName);
}

/** The answers to a batch, in order; thrown if there are not as many as there were queries. */
export function readBatchAnswer(
  reader: AnswerReader,
  answer: HttpAnswer,
  source: { readonly url: string; readonly functionNames: readonly string[] },
): (() => unknown)[] {
  const json = tryParse(answer.text);
  const results = answer.status === 200 ? tryBatchResults(json) : undefined;
  if (results?.length !== source.functionNames.length) {
    throw toAnswerError(reader, source.url, { ...answer, json });
  }
  return source.functionNames.map((functionName, index) => {
    const result = tryFunctionAnswer(results[index]);
    if (result === undefined) throw toAnswerError(reader, source.url, { ...answer, json });
    return () => readResult(reader, result, functionName);
  });
}

function readResult(reader: AnswerReader, result: FunctionAnswer, functionName: string): unknown {
  const { output } = reader.codec;
  if (result.status === 'success') return readJson(output, result.value);
  throw toFunctionError({ functionName, ...result }, output);
}

function tryFunctionAnswer(json: unknown): FunctionAnswer | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const answer = json as Partial<Record<'status' | 'value' | 'errorMessage', unknown>>;
  const isSuccess = answer.status === 'success' && answer.value !== undefined;
  const isError = answer.status === 'error' && typeof answer.errorMessage === 'string';
  return isSuccess || isError ? (json as FunctionAnswer) : undefined;
}

function tryBatchResults(json: unknown): unknown[] | undefined {
  const results = (json as { results?: unknown } | null | undefined)?.results;
  return Array.isArray(results) ? results : undefined;
}

function toAnswerError(
  { clock }: AnswerReader,
  url: string,
  { status, json, retryAfter }: HttpAnswer & { json: unknown },
): Error {
  return toRefusal({ url, status, json, retryAfterMs: tryRetryAfterMs(retryAfter, clock.now()) });
}
