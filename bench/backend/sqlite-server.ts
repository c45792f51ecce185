// The least that a server in front of SQLite does: `node sqlite-server.ts <data folder>`; prints its URL.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { SqliteRows } from './sqlite-rows.ts';

const rows = new SqliteRows(process.argv[2] ?? '.');
const waiting: { text: string; response: ServerResponse }[] = [];

const server = createServer((request, response) => void answer(request, response));
const sockets = new WebSocketServer({ server });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { path, args } = JSON.parse(body);
  switch (path) {
    case 'rows:write':
      if (waiting.push({ text: args.text, response }) === 1) setImmediate(commit);
      return;
    case 'rows:signal':
      rows.write([String(args.sentAt)]);
      for (const socket of sockets.clients) socket.send(JSON.stringify(args));
  }
  respond(response, args.number ?? null);
}

/** All that came in one turn of the event loop share a commit. */
function commit(): void {
  const group = waiting.splice(0);
  rows.write(group.map(({ text }) => text));
  for (const { response } of group) respond(response, null);
}

function respond(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'success', value, logLines: [] }));
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
// Listening on a port of the network.
const { port } = server.address() as AddressInfo;
process.stdout.write(`http://127.0.0.1:${port}\n`);
