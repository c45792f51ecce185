import { CRPCError } from '../errors/crpc-error.ts';
import { readJson } from '../wire/read-json.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import { MAX_BYTES } from '../wire/wire-limits.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const URLENCODED_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;

/** The value of a JSON body. 415, 413 and 400 as codes; an error never quotes the body. */
export async function readJsonBody(request: Request, codec: ValueTextCodec): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!JSON_TYPE.test(type)) throw wrongType('application/json');
  return readJson(codec, parseJson(await readText(request)));
}

/** The fields of a form; those of a multipart one may be files. */
export async function readFormBody(request: Request): Promise<Iterable<[string, unknown]>> {
  const type = request.headers.get('content-type') ?? '';
  // By hand where that can be done: not every Convex runtime knows forms.
  if (URLENCODED_TYPE.test(type)) return new URLSearchParams(await readText(request));
  if (!MULTIPART_TYPE.test(type)) {
    throw wrongType('application/x-www-form-urlencoded or multipart/form-data');
  }
  const bytes = await readBytes(request);
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch (cause) {
    throw unreadable('is no form, or was cut off', cause);
  }
}

async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw unreadable('is not UTF-8', cause);
  }
}

async function readBytes(request: Request): Promise<ArrayBuffer> {
  // What a request says of its length is enough to refuse it by.
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BYTES) throw tooLarge();
  let bytes: ArrayBuffer;
  try {
    bytes = await request.arrayBuffer();
  } catch (cause) {
    throw unreadable('was cut off', cause);
  }
  if (bytes.byteLength > MAX_BYTES) throw tooLarge();
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What the parser has to say would quote the body. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('is not JSON');
  }
}

function unreadable(problem: string, cause?: unknown): CRPCError {
  const message = `The body of the request ${problem}`;
  return new CRPCError({ code: 'PARSE_ERROR', message, cause });
}

function wrongType(expected: string): CRPCError {
  return new CRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: `The Content-Type of the request must be ${expected}`,
  });
}

function tooLarge(): CRPCError {
  return new CRPCError({
    code: 'PAYLOAD_TOO_LARGE',
    message: `The body of a request may have at most ${MAX_BYTES} bytes`,
  });
}
