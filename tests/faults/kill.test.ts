import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import { startProgram } from '../run-program.ts';
import type { RunningProgram } from '../run-program.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const write = makeFunctionReference<'mutation', { key: string }, null>('writes:write');
const keys = makeFunctionReference<'query', { side: 'left' | 'right'; after: string }, string[]>(
  'writes:keys',
);

const KILLS = 50;
const CLIENTS = 4;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Listening on a port of the network.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startBackendProcess(dataDir: string, port: number): Promise<RunningProgram> {
  const args = [here('backend-process.mjs'), here('project'), dataDir, String(port)];
  const program = startProgram(process.execPath, args, { cwd: here('.') });
  while (!program.printed.stdout.includes('\n')) {
    if (program.process.exitCode !== null) throw new Error(program.printed.stderr);
    await sleep(5);
  }
  return program;
}

async function readKeys(client: ConvexHttpClient, side: 'left' | 'right'): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const page = await client.query(keys, { side, after: all.at(-1) ?? '' });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

test(`${KILLS} times killed while clients write: nothing acknowledged is lost, nothing is half there or there twice`, async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'kitcn-kill-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const acknowledged: string[] = [];
  const sent: string[] = [];
  let isOver = false;
  const clients = Array.from(
    { length: CLIENTS },
    () => new ConvexClient(url, { unsavedChangesWarning: false, logger: false }),
  );
  const writeOn = async (client: ConvexClient, name: number): Promise<void> => {
    for (let count = 0; !isOver; count++) {
      const key = `${name}-${count}`;
      sent.push(key);
      // After a kill the client sends it again, as the same request.
      await client.mutation(write, { key });
      acknowledged.push(key);
    }
  };
  const writers = clients.map(writeOn);
  try {
    for (let round = 0; round < KILLS; round++) {
      const backend = await startBackendProcess(dataDir, port);
      const before = acknowledged.length;
      while (acknowledged.length === before) await sleep(2);
      await sleep(Math.random() * 30);
      backend.process.kill('SIGKILL');
      await backend.ended;
    }
    isOver = true;
    await using last = await startBackendProcess(dataDir, port);
    await Promise.all(writers);
    const http = new ConvexHttpClient(url, { logger: false });
    const [left, right] = [await readKeys(http, 'left'), await readKeys(http, 'right')];
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
    expect([...acknowledged].sort()).toEqual([...sent].sort());
    expect(left).toEqual([...sent].sort());
    expect(right).toEqual(left);
    expect(last.process.exitCode).toBeNull();
  } finally {
    isOver = true;
    await Promise.all(clients.map((client) => client.close()));
    await rm(dataDir, { recursive: true, force: true });
  }
});
