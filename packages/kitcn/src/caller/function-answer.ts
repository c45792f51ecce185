import type { JSONValue } from 'convex/values';

/** What a deployment says of a function that ran, or that it would not run. Source: Convex's HTTP API. */
export type FunctionAnswer =
  | { status: 'success'; value: JSONValue }
  | { status: 'error'; errorMessage: string; errorData?: JSONValue };

/** The answer in a response's JSON; `undefined` if it is anything else. */
export function tryFunctionAnswer(json: unknown): FunctionAnswer | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const answer = json as Partial<Record<'status' | 'value' | 'errorMessage', unknown>>;
  const isSuccess = answer.status === 'success' && answer.value !== undefined;
  const isError = answer.status === 'error' && typeof answer.errorMessage === 'string';
  return isSuccess || isError ? (json as FunctionAnswer) : undefined;
}
