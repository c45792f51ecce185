import { connect } from 'node:net';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { SeededRandom } from './functions/seeded-random.ts';
import { startBackend } from './server.ts';
import type { Backend } from './server.ts';

const SEED = 20;
const AT_ONCE = 24;
const PATIENCE_MS = 20_000;
/** Opcode and close code of RFC 6455. */
const CLOSE = 8;
const POLICY_VIOLATION = 1008;

const MODULE = `import { internalQueryGeneric, mutationGeneric, queryGeneric } from 'convex/server';
export const ping = queryGeneric({ args: {}, handler: () => 'pong' });
export const secret = internalQueryGeneric({ args: {}, handler: () => 'SECRET' });
export const add = mutationGeneric((ctx, { text }) => ctx.db.insert('rows', { text }));
`;
const HTTP = `import { httpActionGeneric, httpRouter } from 'convex/server';
const http = httpRouter();
http.route({ path: '/echo', method: 'POST', handler: httpActionGeneric(async (ctx, request) => new Response(await request.text())) });
export default http;
`;

let project: TemporaryProject;
let backend: Backend;
const logs: string[] = [];

beforeAll(async () => {
  project = await temporaryProject({
    'convex/functions/app.ts': MODULE,
    'convex/functions/http.ts': HTTP,
  });
  backend = await startBackend({
    projectDir: project.root,
    dataDir: ':memory:',
    log: (line) => logs.push(line),
  });
}, 30_000);

afterAll(async () => {
  await backend.close();
  await project[Symbol.asyncDispose]();
});

const random = new SeededRandom(Buffer.alloc(32, SEED));
const below = (count: number): number => Math.floor(random.next() * count);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const bytes = (count: number): Buffer => {
  const buffer = Buffer.alloc(count);
  random.fill(buffer);
  return buffer;
};

/** A few bytes changed, put in, taken out, or the end cut off. */
function damage(whole: Buffer): Buffer {
  let damaged = Buffer.from(whole);
  for (let count = 1 + below(4); count > 0; count--) {
    const at = below(damaged.length);
    const [head, tail] = [damaged.subarray(0, at), damaged.subarray(at)];
    damaged = pick([
      () => Buffer.concat([head, bytes(1), tail.subarray(1)]),
      () => Buffer.concat([head, bytes(1 + below(8)), tail]),
      () => Buffer.concat([head, tail.subarray(1 + below(8))]),
      () => Buffer.concat([head, Buffer.from(pick(['\r\n', '\0', ':', ' ', '{', '"'])), tail]),
      () => Buffer.concat([head, Buffer.from([])]),
    ])();
    if (damaged.length === 0) break;
  }
  return damaged;
}

/** Sends bytes and, unless told, the end of them; answers all that comes back until the connection is over. */
function exchange(url: string, message: Buffer, last: 'end' | 'write' = 'end'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy();
      reject(new Error(`nothing came back for ${JSON.stringify(message.toString('latin1'))}`));
    });
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    // A reset comes when the rest of the message is not even read.
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket[last](message);
  });
}

async function forEach(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * An answer is one that HTTP knows, tells nothing it should not, and names what is wrong. Whether there is one: Node ends
 * a connection whose client has sent all that it will, so an answer that takes longer does not come.
 */
function check(answer: string, message: Buffer): boolean {
  const shown = `${JSON.stringify(message.toString('latin1').slice(0, 500))} -> ${answer.slice(0, 500)}`;
  expect(answer, shown).not.toContain('SECRET');
  for (const [, status = ''] of answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
    expect(Number(status), shown).toBeLessThan(500);
  }
  const refused = /^HTTP\/1\.1 4(?!17)\d\d /.test(answer);
  const isText = answer.includes('No matching routes found');
  if (refused && !isText) expect(answer, shown).toMatch(/"code":"[A-Z]\w+"/);
  return answer !== '';
}

/** What a server sent on a WebSocket; none of it is large. */
function framesOf(answer: string): { opcode: number; payload: Buffer }[] {
  const sent = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
  const frames = [];
  for (let at = 0; at < sent.length;) {
    const short = sent.readUInt8(at + 1);
    const start = at + (short === 126 ? 4 : 2);
    const end = start + (short === 126 ? sent.readUInt16BE(at + 2) : short);
    frames.push({ opcode: sent.readUInt8(at) & 0x0f, payload: sent.subarray(start, end) });
    at = end;
  }
  return frames;
}

/** Whether a connection that became a WebSocket was closed with a code, and with words if they are ours. */
function checkClose(answer: string): boolean {
  const frames = framesOf(answer);
  const close = frames.find(({ opcode }) => opcode === CLOSE);
  if (close === undefined || close.payload.length < 2) return false;
  if (close.payload.readUInt16BE() === POLICY_VIOLATION) {
    const { error } = JSON.parse(frames[0]?.payload.toString() ?? 'null');
    expect(error).toMatch(/^[A-Z]\w+: ./);
  }
  return true;
}

async function expectAlive(): Promise<void> {
  const client = new ConvexHttpClient(backend.url, { logger: false });
  expect(await client.query(makeFunctionReference<'query'>('app:ping'), {})).toBe('pong');
  expect(logs.filter((line) => line.includes('Internal error'))).toEqual([]);
}

const call = (path: string, body: unknown, headers: string[] = []): Buffer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      ...headers,
      '',
      text,
    ].join('\r\n'),
  );
};

const SECRET = { path: 'app:secret', args: {}, format: 'json' };
const upgrade = (path: string, key = bytes(16).toString('base64')): Buffer =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      '',
      '',
    ].join('\r\n'),
  );

test.each([
  '//',
  '//:',
  '///',
  '*',
  'http://',
  'http://[',
  '//a:b@c:99999/',
  'http://u:p@x/api/sync',
])('a request for %s', async (target) => {
  const plain = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  for (const url of [backend.url, backend.siteUrl]) {
    expect(await exchange(url, plain, 'write')).toMatch(/^HTTP\/1\.1 40[04] /);
  }
  expect(await exchange(backend.url, upgrade(target), 'write')).toMatch(/^HTTP\/1\.1 40[04] /);
  await expectAlive();
});

test('1,000 messages of random bytes', async () => {
  let answered = 0;
  await forEach(1_000, async () => {
    const message = bytes(1 + below(300));
    const url = pick([backend.url, backend.siteUrl]);
    if (check(await exchange(url, message), message)) answered += 1;
  });
  expect(answered).toBeGreaterThan(950);
  await expectAlive();
}, 60_000);

test('1,500 requests that were damaged on their way', async () => {
  let answered = 0;
  await forEach(1_500, async () => {
    const whole = pick([
      () => call('/api/query', SECRET),
      () => call('/api/function', SECRET, ['Authorization: Convex kitcn|wrong']),
      () => call('/api/query_batch', { queries: [SECRET] }),
      () => call('/api/mutation', { path: 'app:add', args: [{ text: 'x' }] }),
      () => call('/api/update_environment_variables', { changes: [{ name: 'A', value: 'b' }] }),
      () => Buffer.from(`GET /api/query?path=app:secret&args={} HTTP/1.1\r\nHost: x\r\n\r\n`),
      () => call('/echo', 'x'.repeat(100), ['Transfer-Encoding: chunked']),
      () => upgrade('/api/1.48.0/sync'),
    ])();
    const message = damage(whole);
    const url = pick([backend.url, backend.siteUrl]);
    if (check(await exchange(url, message), message)) answered += 1;
  });
  // Some are not damaged where it matters, and their answers come too late.
  expect(answered).toBeGreaterThan(1_300);
  await expectAlive();
}, 60_000);

test('1,500 requests with something in them that cannot be', async () => {
  const odd = [null, -1, 1e300, '', 'x', [], [[]], {}, { $integer: 1 }, true, 'app:secret', '../x'];
  const formats = [undefined, 'json', 'convex_encoded_json', 'yaml', 7];
  let answered = 0;
  await forEach(1_500, async () => {
    const route = pick([
      'query',
      'mutation',
      'action',
      'function',
      'query_batch',
      'nothing',
      'v1/x',
    ]);
    const one = { path: pick([...odd, 'app:add']), args: pick(odd), format: pick(formats) };
    const body = pick([one, { queries: [one] }, { queries: pick(odd) }, pick(odd)]);
    const message = call(`/api/${route}`, body, [
      pick([
        'X-Nothing: 1',
        'Authorization: ',
        'Authorization: Bearer x.y.z',
        'Authorization: Convex kitcn|wrong:e30=',
        `Authorization: Basic ${'x'.repeat(below(20_000))}`,
        'Convex-Client: what',
        'Content-Encoding: br',
      ]),
    ]);
    if (check(await exchange(backend.url, message), message)) answered += 1;
  });
  // A connection that is refused before all of it was read may be reset before its answer is.
  expect(answered).toBeGreaterThan(1_200);
  await expectAlive();
}, 60_000);

test('1,000 WebSocket connections that send what is no frame, or no message', async () => {
  const connectMessage = { type: 'Connect', sessionId: 'a', connectionCount: 0, clientTs: 0 };
  const frame = (payload: Buffer, opcode: number): Buffer =>
    // Masked with zeros, which change nothing.
    Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
  const messageFrame = (value: unknown): Buffer => frame(Buffer.from(JSON.stringify(value)), 1);
  let refused = 0;
  let opened = 0;
  let closed = 0;
  await forEach(1_000, async () => {
    const first = messageFrame(connectMessage);
    const second = pick([
      () => bytes(1 + below(100)),
      () => damage(first),
      () => frame(bytes(below(100)), below(16)),
      () => messageFrame({ type: pick(['Mutation', 'Authenticate', 'Nothing']), baseVersion: 7 }),
      () => frame(damage(Buffer.from(JSON.stringify(connectMessage))).subarray(0, 120), 1),
    ])();
    const path = pick(['/api/sync', '/api/1.48.0/sync', '/api/x/sync', '/api/nothing']);
    const message = Buffer.concat([upgrade(path, pick([undefined, 'short'])), first, second]);
    const answer = await exchange(backend.url, message);
    if (!check(answer, message)) return;
    if (!answer.startsWith('HTTP/1.1 101 ')) refused += 1;
    else {
      opened += 1;
      if (checkClose(answer)) closed += 1;
    }
  });
  // Half of the paths, half of the keys.
  expect(opened).toBeGreaterThan(150);
  expect(refused).toBeGreaterThan(0.95 * (1_000 - opened));
  // Of some the end is missing, so that nothing is wrong with them yet.
  expect(closed).toBeGreaterThan(0.7 * opened);
  await expectAlive();
}, 60_000);
