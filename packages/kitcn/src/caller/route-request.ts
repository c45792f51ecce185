import { CRPCError } from '../errors/crpc-error.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import { writeText } from '../wire/write-text.ts';
import type { RouteLeaf } from './caller-tree.ts';

/** What a call of a route sends. */
export interface RouteRequest {
  /** With the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | URLSearchParams | FormData | undefined;
}

/** What callers pass to a route: the parts that it reads. */
interface RouteInput {
  params?: object;
  searchParams?: object;
  input?: unknown;
  form?: object;
}

/** The request that calls a route. Throws `BAD_REQUEST` with `data: { path }` for what cannot be sent. */
export function toRouteRequest(
  leaf: RouteLeaf,
  given: unknown,
  codec: ValueTextCodec,
): RouteRequest {
  const { params = {}, searchParams = {}, ...body } = (given ?? {}) as RouteInput;
  const query = String(new URLSearchParams(toTexts('searchParams', searchParams)));
  const path = toPath(leaf, params);
  return { path: query === '' ? path : `${path}?${query}`, ...toBody(body, codec) };
}

function toBody(
  { input, form }: RouteInput,
  codec: ValueTextCodec,
): Pick<RouteRequest, 'headers' | 'body'> {
  if (form !== undefined) return { headers: {}, body: toForm(form) };
  if (input === undefined) return { headers: {}, body: undefined };
  return { headers: { 'content-type': 'application/json' }, body: writeText(codec, input) };
}

const SEGMENT = /:(\w+)(?:\{[^{}]*\})?/g;

function toPath({ urlPath }: RouteLeaf, params: object): string {
  const texts = new Map(toTexts('params', params));
  return urlPath.replace(SEGMENT, (_, name: string) => {
    const text = texts.get(name) ?? '';
    // An empty segment names another path, and so do dots, which no URL keeps.
    if (['', '.', '..'].includes(text)) throw unsendable(`params.${name}`, 'as a part of a path');
    return encodeURIComponent(text);
  });
}

/** Fields as texts; of a list each, of `undefined` none. */
function toTexts(part: string, fields: object): [string, string][] {
  return Object.entries(fields).flatMap(([name, field]: [string, unknown]) =>
    listOf(field).map((value): [string, string] => [name, toText(value, `${part}.${name}`)]),
  );
}

function toForm(fields: object): URLSearchParams | FormData {
  const entries = Object.entries(fields).flatMap(([name, field]: [string, unknown]) =>
    listOf(field).map((value) => [name, value] as const),
  );
  if (!entries.some(([, value]) => value instanceof Blob)) {
    return new URLSearchParams(toTexts('form', fields));
  }
  const form = new FormData();
  for (const [name, value] of entries) {
    if (value instanceof Blob) form.append(name, value);
    else form.append(name, toText(value, `form.${name}`));
  }
  return form;
}

function listOf(field: unknown): readonly unknown[] {
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

/** As `kitcn/http` reads it. */
function toText(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
      throw unsendable(path, 'as text');
  }
}

function unsendable(path: string, how: string): CRPCError {
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: `Cannot send ${path}: it has no form ${how}`,
    data: { path },
    origin: 'client',
  });
}
