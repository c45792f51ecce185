import { Hono } from 'hono';
import type { RouteOptions } from './api-routes.ts';
import { toBackendError, toErrorResponse } from './error-response.ts';
import { readBody } from './read-body.ts';
import { readIdentity } from './request-identity.ts';
import type { HttpActionRequest } from '../functions/function-host.ts';

const BODY_LIMIT = 20 * 1024 * 1024;

/** The site origin: every request goes to the HTTP actions of the project. */
export function createSiteRoutes(options: RouteOptions): Hono {
  const app = new Hono();
  app.all('*', async (c) => {
    const response = await options.host.runHttpAction(await toHttpAction(c.req.raw, options));
    if (!response) return c.text('No matching routes found', 404);
    const { status, headers, body } = response;
    return new Response(body, { status, headers });
  });
  app.onError((error) => toErrorResponse(error, options.log));
  return app;
}

async function toHttpAction(request: Request, options: RouteOptions): Promise<HttpActionRequest> {
  const body = await readBody(request, BODY_LIMIT);
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: body.byteLength === 0 ? null : body,
    ...(await tryReadIdentity(request, options)),
  };
}

/** An HTTP action may use the Authorization header in its own way, so a refusal waits until it is asked for. */
async function tryReadIdentity(
  request: Request,
  options: RouteOptions,
): Promise<Pick<HttpActionRequest, 'identity' | 'identityError'>> {
  try {
    const { identity } = await readIdentity(request, options.access);
    return { identity, identityError: null };
  } catch (error) {
    const { status, code, message } = toBackendError(error, options.log);
    return { identity: null, identityError: { status, code, message } };
  }
}
