import { messageOf } from '../shared/message-of.ts';
import { CommandError } from './command-error.ts';

export interface RunRequest {
  /** Origin of the deployment's API. */
  url: string;
  adminKey: string;
  /** `folder/module:export` */
  path: string;
  args: Record<string, unknown>;
  signal: AbortSignal;
}

/** What `/api/function` answers with status 200. */
export type RunAnswer =
  | { status: 'success'; value: unknown; logLines?: string[] }
  | { status: 'error'; errorMessage: string; errorData?: unknown; logLines?: string[] };

/** Runs any function, internal ones too, as the owner of the deployment (`POST /api/function`). */
export async function callFunction(request: RunRequest): Promise<RunAnswer> {
  const response = await send(request);
  const text = await response.text();
  const body = tryParseObject(text);
  if (body !== undefined && (body['status'] === 'success' || body['status'] === 'error')) {
    // The deployment's own answer; its shape is Convex's public protocol.
    return body as RunAnswer;
  }
  const reason = typeof body?.['message'] === 'string' ? body['message'] : text.slice(0, 300);
  throw new CommandError(
    'REQUEST_REFUSED',
    `${request.url} answered ${response.status}: ${reason}`,
  );
}

async function send({ url, adminKey, path, args, signal }: RunRequest): Promise<Response> {
  try {
    return await fetch(new URL('/api/function', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Convex ${adminKey}` },
      body: JSON.stringify({ path, args, format: 'json' }),
      signal,
    });
  } catch (error) {
    throw new CommandError(
      'NOT_REACHABLE',
      `Nothing answers at ${url} (${reasonOf(error)}). Is \`kitcn dev\` running there?`,
      { cause: error },
    );
  }
}

/** `fetch` only says "fetch failed"; what happened is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return messageOf(cause);
}

function tryParseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
