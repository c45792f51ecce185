import { isJsonObject } from '../../shared/json-object.ts';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { JSONValue } from 'convex/values';
import { Hono } from 'hono';
import type { Context, Next } from 'hono';
import { cors } from 'hono/cors';
import { INSTANCE_NAME } from '../auth/admin-key.ts';
import { KEYS_PATH } from '../auth/development-issuer.ts';
import type { DevelopmentIssuer } from '../auth/development-issuer.ts';
import { BackendError } from '../backend-error.ts';
import type { EnvironmentChange } from '../functions/environment-change.ts';
import type { Client, FunctionCall, FunctionCaller } from '../functions/function-host.ts';
import { checkClientVersion } from './client-version.ts';
import { createEnvironmentRoutes } from './environment-routes.ts';
import { toErrorResponse } from './error-response.ts';
import { parseFunctionRequest, toFunctionAnswer } from './function-request.ts';
import { badJsonBody, readJsonObject } from './json-body.ts';
import type { Connection } from './http-server.ts';
import { readRequestId } from './request-id.ts';
import { assertAdmin, readIdentity, toClient } from './request-identity.ts';
import { decodeTimestamp, encodeTimestamp } from '../sync/timestamp.ts';
import type { AccessControl, RequestIdentity } from './request-identity.ts';
import { toUnsupportedError } from './unsupported-routes.ts';

/** What both ports are made of. */
export interface RouteOptions {
  host: FunctionCaller;
  access: AccessControl;
  /** Present if the backend is a provider of tokens itself. */
  issuer?: DevelopmentIssuer | null;
  /** Changes the variables of the deployment, if it has any; rejects with a `BackendError` if that cannot be. */
  changeVariables?(changes: readonly EnvironmentChange[]): Promise<unknown>;
  log: (line: string) => void;
}

/** What routes of both ports know besides the request. */
export type PortEnv = { Bindings: Connection };

interface Sender extends RequestIdentity, Pick<FunctionCall, 'requestId'> {
  client: Client;
}

/** Convex's public HTTP API, as far as the embedded backend has it. */
export function createApiRoutes(options: RouteOptions): Hono<PortEnv> {
  const app = new Hono<PortEnv>();
  app.use((c, next) => (c.req.method === 'OPTIONS' ? preflight(c, next) : allowOrigin(c, next)));
  app.get('/', (c) => c.text('This Convex deployment is running: the embedded backend of kitcn.'));
  app.get('/version', (c) => c.text('unknown'));
  app.get('/instance_version', (c) => c.text('unknown'));
  app.get('/instance_name', (c) => c.text(INSTANCE_NAME));

  const { issuer } = options;
  if (issuer) {
    app.get('/.well-known/openid-configuration', (c) => c.json(issuer.configuration));
    app.get(KEYS_PATH, (c) => c.json(issuer.keys));
  }

  app.get('/api/query', (c) => runFunction(c, 'query', options));
  app.post('/api/query', (c) => runFunction(c, 'query', options));
  app.post('/api/mutation', (c) => runFunction(c, 'mutation', options));
  app.post('/api/action', (c) => runFunction(c, 'action', options));
  app.post('/api/function', (c) => runFunction(c, 'any', options));
  app.on(['GET', 'POST'], '/api/query_ts', async (c) =>
    c.json({ ts: encodeTimestamp(await options.host.latestTimestamp()) }),
  );
  app.on(['GET', 'POST'], '/api/query_at_ts', (c) => runQueryAt(c, options));
  app.post('/api/run/*', (c) => runByUrl(c, options));
  app.post('/api/query_batch', (c) => runQueryBatch(c, options));
  const { host, access, changeVariables } = options;
  if (changeVariables) app.route('/', createEnvironmentRoutes({ host, access, changeVariables }));

  app.get('/api/sync', () => refuseWithoutUpgrade());
  app.get('/api/:version/sync', () => refuseWithoutUpgrade());

  app.notFound((c) => toErrorResponse(toUnsupportedError(c.req.method, c.req.path), options.log));
  app.onError((error) => toErrorResponse(error, options.log));
  return app;
}

/** No origin of its own, so whatever page asks is mirrored; `cors` mirrors the asked-for headers by itself. */
const preflight = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['GET', 'POST', 'OPTIONS', 'PATCH', 'DELETE', 'PUT'],
  maxAge: 86_400,
});

/** What `cors` does to other requests, but for the two further responses that it makes of each. */
async function allowOrigin(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res === RESPONSE_ALREADY_SENT) return;
  const { headers } = c.res;
  for (const [name, value] of Object.entries(originHeaders(c))) headers.append(name, value);
}

function originHeaders(c: Context): Record<string, string> {
  const origin = c.req.raw.headers.get('origin');
  const allowed: Record<string, string> = origin ? { 'Access-Control-Allow-Origin': origin } : {};
  return { ...allowed, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };
}

function answerJson(c: Context<PortEnv>, value: JSONValue): Response {
  const sent = c.env.answerJson?.(JSON.stringify(value), originHeaders(c));
  return sent ?? c.json(value);
}

function refuseWithoutUpgrade(): never {
  throw new BackendError(426, 'UpgradeRequired', 'This address speaks WebSocket only.');
}

async function runFunction(
  c: Context<PortEnv>,
  kind: FunctionCall['kind'],
  options: RouteOptions,
): Promise<Response> {
  const sender = await readSender(c, options);
  if (kind === 'any') assertAdmin(sender);
  const body = c.req.method === 'POST' ? await readJsonObject(c.req.raw) : readQueryString(c);
  const { path, args, format } = parseFunctionRequest(body);
  assertRootComponent(body['componentPath']);
  const result = await options.host.run({ kind, path, args, ...sender });
  return answerJson(c, toFunctionAnswer(result, format));
}

/** A query at a timestamp that `/api/query_ts` gave, so that many of them see one state. */
async function runQueryAt(c: Context<PortEnv>, options: RouteOptions): Promise<Response> {
  const sender = await readSender(c, options);
  const body = c.req.method === 'POST' ? await readJsonObject(c.req.raw) : readQueryString(c);
  const timestamp = typeof body['ts'] === 'string' ? decodeTimestamp(body['ts']) : null;
  if (timestamp === null) throw badJsonBody('"ts" must be a timestamp, base64 of 8 bytes');
  const { path, args, format } = parseFunctionRequest(body);
  const [result] = await options.host.runBatch(
    [{ kind: 'query', path, args, ...sender }],
    timestamp,
  );
  if (!result) throw new TypeError('The host answered no query');
  return answerJson(c, toFunctionAnswer(result, format));
}

/** A public function of any kind, by the path of the URL: `/api/run/folder/module/export`. */
async function runByUrl(c: Context<PortEnv>, options: RouteOptions): Promise<Response> {
  const sender = await readSender(c, options);
  const parts = c.req.path.split('/').slice(3);
  const name = parts.pop();
  if (parts.length === 0 || !name) {
    throw new BackendError(
      400,
      'MissingIdentifier',
      'The path must be /api/run/<module>/<function>.',
    );
  }
  const body = { ...(await readJsonObject(c.req.raw)), path: `${parts.join('/')}:${name}` };
  const { path, args, format } = parseFunctionRequest(body);
  const result = await options.host.run({ kind: 'any', path, args, ...sender });
  return answerJson(c, toFunctionAnswer(result, format));
}

/** Many queries at one timestamp; one that throws fails alone, one that is malformed fails all. */
async function runQueryBatch(c: Context<PortEnv>, options: RouteOptions): Promise<Response> {
  const sender = await readSender(c, options);
  const { queries } = await readJsonObject(c.req.raw);
  if (!Array.isArray(queries)) throw badJsonBody('"queries" must be an array');
  const requests = queries.map((query: unknown) => {
    if (!isJsonObject(query)) throw badJsonBody('each of "queries" must be an object');
    return parseFunctionRequest(query);
  });
  const results = await options.host.runBatch(
    requests.map(({ path, args }) => ({ kind: 'query', path, args, ...sender })),
  );
  const answers = requests.map(({ format }, index) => {
    const result = results[index];
    if (!result) throw new TypeError('The host answered fewer queries than it was asked');
    return toFunctionAnswer(result, format);
  });
  return answerJson(c, { results: answers });
}

async function readSender(c: Context<PortEnv>, options: RouteOptions): Promise<Sender> {
  const { headers } = c.req.raw;
  checkClientVersion(headers);
  const sender = await readIdentity(c.req.raw, options.access);
  return { ...sender, client: toClient(c.req.raw, c.env), requestId: readRequestId(headers) };
}

function readQueryString(c: Context<PortEnv>): Record<string, unknown> {
  const { path, args, format, ts } = c.req.query();
  if (path === undefined || args === undefined) {
    throw new BackendError(400, 'BadQueryArgs', 'The query string needs "path" and "args".');
  }
  try {
    return { path, format, ts, args: JSON.parse(args) as unknown };
  } catch (cause) {
    throw new BackendError(400, 'BadQueryArgs', '"args" in the query string must be JSON.', {
      cause,
    });
  }
}

function assertRootComponent(componentPath: unknown): void {
  if (componentPath === undefined || componentPath === null || componentPath === '') return;
  throw new BackendError(
    400,
    'NotSupported',
    'The embedded backend does not support components yet ("componentPath").',
  );
}
