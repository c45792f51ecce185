import { setImmediate } from 'node:timers/promises';
import { MessagePort } from 'node:worker_threads';
import type { Router } from './deployment.ts';
import { FunctionFailure } from './function-failure.ts';
import type { HttpActionHead, HttpActionRequest } from './function-host.ts';
import { assertBytes, receiveBody, sendBody } from './http-body.ts';
import type { SentBody } from './http-body.ts';

/** A request as it comes from the thread that has the sockets. */
export interface SentRequest extends Omit<HttpActionRequest, 'body'> {
  body: SentBody;
}

/** A response on its way there. */
export interface SentResponse extends HttpActionHead {
  body: SentBody;
}

/** How the code of an HTTP action is run. */
export interface HttpActionRun {
  requestId: string;
  /** Resolves when the body of the response is through. */
  run(path: string, work: () => Promise<void>): Promise<void>;
  /** Called once, `null` if no route matches; the body may still be on its way. */
  respond(response: SentResponse | null): void;
  onFailure(path: string, failure: FunctionFailure): void;
  /** A piece of a body arrived or is wanted: the function goes on. */
  onProgress(): void;
}

/** Headers that say how a connection is used, which is not the function's. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
/** As of Convex. */
const LARGEST_BODY = 20 * 1024 * 1024;
/** How much of a body may go with the head. */
const MOST_EARLY = 64 * 1024;

/** Answers a request by the route that matches. What the handler throws is a 500 in Convex's shape. */
export async function answerHttpAction(
  router: Router | null,
  request: SentRequest,
  run: HttpActionRun,
): Promise<void> {
  const match = router?.lookup(new URL(request.url).pathname, request.method) ?? null;
  if (match === null) return run.respond(null);
  const [action, method, route] = match;
  const path = `${method} ${route}`;
  let hasAnswered = false;
  const respond = (response: SentResponse): void => {
    hasAnswered = true;
    run.respond(response);
  };
  try {
    await run.run(path, async () => {
      const response = await action.invokeHttpAction(toRequest(request, run.onProgress));
      if (!(response instanceof Response)) {
        throw new FunctionFailure(`Uncaught TypeError: ${path} did not return a Response.`);
      }
      if (response.type === 'error') {
        throw new FunctionFailure(
          `Uncaught TypeError: ${path} returned Response.error(), which is none.`,
        );
      }
      await deliver(response, { method: request.method, respond, onProgress: run.onProgress });
    });
  } catch (error) {
    if (!(error instanceof FunctionFailure)) throw error;
    run.onFailure(path, error);
    if (!hasAnswered) respond(failureResponse(run.requestId, error));
  } finally {
    // What the handler has not read by now, it does not want.
    if (request.body instanceof MessagePort) request.body.close();
  }
}

function toRequest({ method, url, headers, body }: SentRequest, onProgress: () => void): Request {
  const content = method === 'GET' || method === 'HEAD' ? null : receiveBody(body, onProgress);
  const duplex = content instanceof ReadableStream ? { duplex: 'half' as const } : {};
  return new Request(url, { method, headers, body: content, ...duplex });
}

interface Delivery extends Pick<HttpActionRun, 'onProgress'> {
  method: string;
  respond(response: SentResponse): void;
}

/** Resolves when the whole response has left. A body that is there at once goes in one piece with the head. */
async function deliver(
  response: Response,
  { method, respond, onProgress }: Delivery,
): Promise<void> {
  const { status } = response;
  const headers = [...response.headers].filter(([name]) => !OF_CONNECTION.has(name));
  if (response.body === null || method === 'HEAD') {
    await response.body?.cancel();
    return respond({ status, headers, body: null });
  }
  // The true one is known to whoever sends the body; with another one the rest would be taken for the next response.
  const head = { status, headers: headers.filter(([name]) => name !== 'content-length') };
  const reader = limitedReader(response.body);
  const early: Uint8Array[] = [];
  let size = 0;
  let next = reader.read();
  while (size <= MOST_EARLY) {
    const result = await Promise.race([next, setImmediate(null)]);
    if (result === null) break;
    if (result.done) return respond({ ...head, body: Buffer.concat(early) });
    early.push(result.value);
    size += result.value.byteLength;
    next = reader.read();
  }
  // Whoever takes the stream hears of a failure.
  next.catch(() => {});
  const { body, sent } = sendBody(resumedStream(early, next, reader), onProgress);
  respond({ ...head, body });
  await sent;
}

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;

function limitedReader(body: ReadableStream<Uint8Array>): Reader {
  const reader = body.getReader();
  let size = 0;
  return {
    cancel: (reason) => reader.cancel(reason),
    async read() {
      const result = await reader.read();
      if (result.done) return result;
      assertBytes(result.value);
      size += result.value.byteLength;
      if (size <= LARGEST_BODY) return result;
      await reader.cancel();
      throw new FunctionFailure(
        `HttpResponseTooLarge: The body of a response may have at most ${LARGEST_BODY} bytes.`,
      );
    },
  };
}

/** The stream of `reader`, of which `early` and the outcome of `next` have been read. */
function resumedStream(
  early: Uint8Array[],
  next: ReturnType<Reader['read']>,
  reader: Reader,
): ReadableStream<Uint8Array> {
  let pending: typeof next | null = next;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = early.shift();
        if (chunk !== undefined) return controller.enqueue(chunk);
        const result = await (pending ?? reader.read());
        pending = null;
        if (result.done) controller.close();
        else controller.enqueue(result.value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Reads nothing that nobody asked for.
    { highWaterMark: 0 },
  );
}

/** Also for an action that was lost with its thread. */
export function failureResponse(requestId: string, failure: FunctionFailure): SentResponse {
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
