import type { Context } from 'hono';
import { CRPCError } from '../errors/crpc-error.ts';
import { toDeclared } from '../procedure/declared-errors.ts';
import { createOutputParse, createPartParse } from '../procedure/parse.ts';
import type { RouteCall, RouteInfo, RoutePart } from '../procedure/route-definition.ts';
import { createTextCodec } from '../wire/text-codec.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import { writeText } from '../wire/write-text.ts';
import { composeRoute } from './compose-route.ts';
import { isHttpException, toErrorResponse } from './error-response.ts';
import { readFormBody, readJsonBody } from './read-body.ts';
import { createFieldReader } from './text-fields.ts';

/** Marks what a handler returned, so that callers tell it from a `Response` that it made itself. */
const VALUE_TYPE = { 'content-type': 'application/json; crpc=1' };

/**
 * The function that Hono calls: parts of the request and their schemas, middleware, handler, output schema, response.
 * What is thrown becomes a response too, but for Hono's own exceptions.
 */
export function createRouteHandler(info: RouteInfo): (c: Context) => Promise<Response> {
  const { errors, extendContext, transformer } = info;
  const codec = createTextCodec(transformer);
  const readParts = createPartsReader(info, codec.input);
  const run = composeRoute(info);
  const parseOutput = createOutputParse(info.output);
  return async (c) => {
    try {
      const parts = await readParts(c);
      const ctx = withAuth(c.env as ActionCtx); // `HttpRouterWithHono` puts Convex's context there.
      const extended = extendContext ? { ...ctx, ...(await extendContext(ctx)) } : ctx;
      const result = await run({ ...parts, ctx: extended, c });
      if (result instanceof Response) return result;
      const output = writeText(codec.output, await parseOutput(result));
      return c.body(output, undefined, VALUE_TYPE);
    } catch (error) {
      if (isHttpException(error)) throw error;
      return toErrorResponse(toDeclared(error, errors), codec.output);
    }
  };
}

type Parts = Omit<RouteCall, 'ctx' | 'c'>;

/** Reads what the schemas of a route ask for, and nothing else. */
function createPartsReader(
  { schemas }: RouteInfo,
  codec: ValueTextCodec,
): (c: Context) => Promise<Parts> {
  const params = createPart(schemas, 'params', ({ req }) => Object.entries(req.param()));
  const searchParams = createPart(schemas, 'searchParams', ({ req }) => queryOf(req.url));
  const form = createPart(schemas, 'form', ({ req }) => readFormBody(req.raw));
  const parseInput = schemas.input && createPartParse(schemas.input, 'input');
  return async (c) => {
    const parts = { params: await params?.(c), searchParams: await searchParams?.(c) };
    if (form) return { ...parts, input: undefined, raw: undefined, form: await form(c) };
    const raw = parseInput && (await readJsonBody(c.req.raw, codec));
    return { ...parts, input: await parseInput?.(raw), form: undefined, raw };
  };
}

type Entries = Iterable<readonly [string, unknown]>;

/** Reads and parses one part that consists of fields. */
function createPart(
  schemas: RouteInfo['schemas'],
  part: RoutePart,
  entriesOf: (c: Context) => Entries | Promise<Entries>,
): ((c: Context) => Promise<unknown>) | undefined {
  const schema = schemas[part];
  if (schema === undefined) return undefined;
  const readFields = createFieldReader(schema);
  const parse = createPartParse(schema, part);
  return async (c) => parse(readFields(await entriesOf(c)));
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start));
}

interface ActionCtx {
  auth?: { getUserIdentity(): Promise<unknown> };
}

/**
 * Convex lets a request with a bad token through to HTTP actions, and throws when they ask who it is: for a route, that
 * is `UNAUTHORIZED`, as it would be for a procedure.
 */
function withAuth(ctx: ActionCtx): ActionCtx {
  const { auth } = ctx;
  if (auth === undefined) return ctx;
  const getUserIdentity = async (): Promise<unknown> => {
    try {
      return await auth.getUserIdentity();
    } catch (cause) {
      const message = 'The deployment refused the token of the request';
      throw new CRPCError({ code: 'UNAUTHORIZED', message, origin: 'platform', cause });
    }
  };
  return { ...ctx, auth: { ...auth, getUserIdentity } };
}
