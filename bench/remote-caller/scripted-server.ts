// Answers like a Convex deployment and like a tRPC server, from prepared text, in a process of its own.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONVEX_ANSWERS, TRPC_ANSWERS } from './answers.ts';
import type { Size } from './answers.ts';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
});
server.keepAliveTimeout = 60_000;

function answer({ url = '' }: IncomingMessage, response: ServerResponse, body: string): void {
  const text = url.startsWith('/trpc/') ? trpcAnswer(url) : convexAnswer(url, body);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function convexAnswer(url: string, body: string): string {
  if (url !== '/api/query_batch') return CONVEX_ANSWERS[sizeOf((parse(body) as Query).path)];
  const { queries } = parse(body) as { queries: Query[] };
  return `{"results":[${queries.map(({ path }) => CONVEX_ANSWERS[sizeOf(path)]).join(',')}]}`;
}

interface Query {
  path: string;
}

/** Parsed as a real server would, so that no contender wins by what it sends. */
function parse(body: string): unknown {
  return JSON.parse(body);
}

/** `/trpc/small?input=…`, or `/trpc/small,small?batch=1&input=…`. */
function trpcAnswer(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  parse(searchParams.get('input') ?? '{}');
  const answers = pathname
    .slice('/trpc/'.length)
    .split(',')
    .map((path) => TRPC_ANSWERS[sizeOf(path)]);
  return searchParams.has('batch') ? `[${answers.join(',')}]` : answers.join();
}

function sizeOf(path: string): Size {
  return path.endsWith('rows') ? 'rows' : 'small';
}

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit());
