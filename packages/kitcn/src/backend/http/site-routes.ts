import { Hono } from 'hono';
import type { PortEnv, RouteOptions } from './api-routes.ts';
import { toBackendError, toErrorResponse } from './error-response.ts';
import type { Connection } from './http-server.ts';
import { declaredLength } from './declared-length.ts';
import { limitBody, payloadTooLarge } from './limited-body.ts';
import { readBody } from './read-body.ts';
import { readIdentity, toClient } from './request-identity.ts';
import type { HttpBody } from '../functions/http-body.ts';
import type { HttpActionRequest } from '../functions/function-host.ts';

const BODY_LIMIT = 20 * 1024 * 1024;
const SMALL_BODY = 64 * 1024;

export type SiteOptions = Pick<RouteOptions, 'host' | 'access' | 'log'>;

/** The site origin: every request goes to the HTTP actions of the project. */
export function createSiteRoutes(options: SiteOptions): Hono<PortEnv> {
  const app = new Hono<PortEnv>();
  app.all('*', async (c) => {
    const { body, tooLarge } = await readRequestBody(c.req.raw);
    const request = await toHttpAction(c.req.raw, { body, connection: c.env }, options);
    const response = await Promise.race([options.host.runHttpAction(request), tooLarge]);
    if (!response) return c.text('No matching routes found', 404);
    const { status, headers } = response;
    return new Response(toCutOff(response.body, c.env), { status, headers });
  });
  app.onError((error) => toErrorResponse(error, options.log));
  return app;
}

/** A body that fails ends its connection: the status has left long ago. */
function toCutOff(body: HttpBody, connection: Connection): HttpBody {
  if (!(body instanceof ReadableStream)) return body;
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          connection.disconnect();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Small bodies go to the function in one piece, others as they come. */
async function readRequestBody(
  request: Request,
): Promise<{ body: HttpBody; tooLarge: Promise<never> }> {
  const { body } = request;
  const length = declaredLength(request);
  const never = new Promise<never>(() => {});
  if (body === null || length === 0) return { body: null, tooLarge: never };
  if (length !== undefined && length <= SMALL_BODY) {
    return { body: await readBody(request, BODY_LIMIT), tooLarge: never };
  }
  if (length !== undefined && length > BODY_LIMIT) throw payloadTooLarge(BODY_LIMIT);
  const { stream, tooLarge } = limitBody(body, BODY_LIMIT);
  return { body: stream, tooLarge };
}

async function toHttpAction(
  request: Request,
  { body, connection }: { body: HttpBody; connection: Connection },
  options: SiteOptions,
): Promise<HttpActionRequest> {
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body,
    client: toClient(request, connection),
    ...(await tryReadIdentity(request, options)),
  };
}

/** An HTTP action may use the Authorization header in its own way, so a refusal waits until it is asked for. */
async function tryReadIdentity(
  request: Request,
  options: SiteOptions,
): Promise<Pick<HttpActionRequest, 'identity' | 'identityError'>> {
  try {
    const { identity } = await readIdentity(request, options.access);
    return { identity, identityError: null };
  } catch (error) {
    const { status, code, message } = toBackendError(error, options.log);
    return { identity: null, identityError: { status, code, message } };
  }
}
