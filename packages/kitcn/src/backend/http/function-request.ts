import { isJsonObject } from '../../shared/json-object.ts';
import { messageOf } from '../../shared/message-of.ts';
import { jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import type { FunctionResult } from '../functions/function-host.ts';
import { parseFunctionPath } from '../functions/function-path.ts';
import { badJsonBody } from './json-body.ts';
import { formatValue, parseFormat } from './value-format.ts';
import type { ValueFormat } from './value-format.ts';

/** What the body, or the query string, of a call says. */
export interface FunctionRequest {
  path: string;
  args: JSONValue;
  format: ValueFormat;
}

/** `{ path, args, format? }`. All errors are `BackendError`s with status 400. */
export function parseFunctionRequest(body: Record<string, unknown>): FunctionRequest {
  if (typeof body['path'] !== 'string') throw badJsonBody('"path" must be a string');
  return {
    path: parseFunctionPath(body['path']),
    args: parseArgs(body['args']),
    format: parseFormat(body['format']),
  };
}

/** Far from what values may have, whose refusal says it in Convex's words, and as far from what the stack has room for. */
const DEEPEST = 512;

/**
 * The arguments object. Old clients, and `ConvexHttpClient` to this day, send it as the one element of an array.
 * Plain JSON is Convex-encoded JSON already, so the format of the request does not matter here.
 */
function parseArgs(args: unknown): JSONValue {
  const object = Array.isArray(args) && args.length <= 1 ? (args[0] ?? {}) : args;
  if (!isJsonObject(object)) {
    throw badJsonBody('"args" must be an object, or an array with one object in it');
  }
  // It came out of JSON.parse.
  const value = object as Record<string, JSONValue>;
  const problem = findProblem(value, DEEPEST);
  if (problem !== null) throw badJsonBody(`"args": ${problem}`);
  try {
    jsonToConvex(value);
  } catch (error) {
    throw badJsonBody(`"args": ${messageOf(error)}`);
  }
  return value;
}

/** What `JSON.parse` takes and nobody after it could: too deep for the stack, or a number like 1e999. */
function findProblem(value: JSONValue, depth: number): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a number is out of range';
  if (typeof value !== 'object' || value === null) return null;
  if (depth === 0) return 'nested too deep';
  // Stands for the time of a commit, in what functions write.
  if (Object.hasOwn(value, '$commitTs')) return 'the field $commitTs is reserved';
  for (const member of Object.values(value)) {
    const problem = member === undefined ? null : findProblem(member, depth - 1);
    if (problem !== null) return problem;
  }
  return null;
}

/** The answer to a call that reached a function, whatever became of it; empty log lines are left out. */
export function toFunctionAnswer(result: FunctionResult, format: ValueFormat): JSONValue {
  const logLines = result.logLines.length > 0 ? { logLines: result.logLines } : {};
  if (result.status === 'success') {
    return { status: 'success', value: formatValue(result.value, format), ...logLines };
  }
  const { errorMessage, errorData } = result;
  const data = errorData === undefined ? {} : { errorData: formatValue(errorData, format) };
  return { status: 'error', errorMessage, ...data, ...logLines };
}
