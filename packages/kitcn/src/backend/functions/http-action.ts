import type { Router } from './deployment.ts';
import { FunctionFailure } from './function-failure.ts';
import type { HttpActionRequest, HttpActionResponse } from './function-host.ts';

/** How the code of an HTTP action is run. */
export interface HttpActionRun {
  requestId: string;
  run(path: string, work: () => Promise<HttpActionResponse>): Promise<HttpActionResponse>;
  onFailure(path: string, failure: FunctionFailure): void;
}

/** `null` if no route matches. What the handler throws is a response with status 500, in Convex's shape. */
export async function answerHttpAction(
  router: Router | null,
  request: HttpActionRequest,
  { requestId, run, onFailure }: HttpActionRun,
): Promise<HttpActionResponse | null> {
  const match = router?.lookup(new URL(request.url).pathname, request.method) ?? null;
  if (match === null) return null;
  const [action, method, route] = match;
  const path = `${method} ${route}`;
  try {
    return await run(path, async () => {
      const response = await action.invokeHttpAction(toRequest(request));
      return fromResponse(response, path);
    });
  } catch (error) {
    if (!(error instanceof FunctionFailure)) throw error;
    onFailure(path, error);
    return failureResponse(requestId, error);
  }
}

function toRequest({ method, url, headers, body }: HttpActionRequest): Request {
  const canHaveBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, { method, headers, body: canHaveBody ? body : null });
}

async function fromResponse(response: unknown, path: string): Promise<HttpActionResponse> {
  if (!(response instanceof Response)) {
    throw new FunctionFailure(`Uncaught TypeError: ${path} did not return a Response.`);
  }
  return {
    status: response.status,
    headers: [...response.headers],
    body: response.body === null ? null : new Uint8Array(await response.arrayBuffer()),
  };
}

/** Also for an action that was lost with its thread. */
export function failureResponse(requestId: string, failure: FunctionFailure): HttpActionResponse {
  const [firstLine = ''] = failure.message.split('\n');
  const body = {
    code: `[Request ID: ${requestId}] Server Error: ${firstLine}`,
    trace: failure.message,
    ...(failure.data === undefined ? {} : { data: failure.data }),
  };
  return {
    status: 500,
    headers: [['content-type', 'application/json']],
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}
