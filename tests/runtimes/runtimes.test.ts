import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';
import { CASES } from './cases.ts';
import type { Addresses } from './cases.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const projectDir = fileURLToPath(new URL('../conformance/project', import.meta.url));
const installed = (name: string): string => join(here, 'node_modules', '.bin', name);

/** Prints the reports of all cases. */
type Runtime = (addresses: Addresses) => Promise<string>;

const RUNTIMES: Record<string, Runtime> = {
  Node: byProgram(process.execPath, []),
  Bun: byProgram(installed('bun'), ['run']),
  Deno: byProgram(installed('deno'), ['run', '--allow-net', '--allow-env', '--allow-read']),
  'workerd, the runtime of Cloudflare Workers': byWorker,
};

/** The built package as it is, found by the runtime itself. */
function byProgram(command: string, args: readonly string[]): Runtime {
  return ({ siteUrl, silentUrl }) =>
    print(command, [...args, join(here, 'program.ts'), siteUrl, silentUrl]);
}

/** Workers are deployed as bundles. */
async function byWorker({ siteUrl, silentUrl }: Addresses): Promise<string> {
  const folder = await mkdtemp(join(here, '.tmp-worker-'));
  try {
    await build({
      entryPoints: [join(here, 'worker.ts')],
      outfile: join(folder, 'worker.js'),
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      logLevel: 'silent',
    });
    await copyFile(join(here, 'worker.capnp'), join(folder, 'worker.capnp'));
    return await print(installed('workerd'), ['test', join(folder, 'worker.capnp')], {
      SITE_URL: siteUrl,
      SILENT_URL: silentUrl,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end and gives what it printed. */
async function print(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd: here, env });
  if (code !== 0) expect.fail(`${command} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Takes requests and never answers them. */
const silentSockets = new Set<Socket>();
const silent: Server = createServer((socket) => {
  silentSockets.add(socket);
  socket.on('error', () => {}).on('close', () => silentSockets.delete(socket));
  socket.resume();
});
let backend: Backend;
let addresses: Addresses;

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  addresses = { siteUrl: backend.siteUrl, silentUrl: `http://127.0.0.1:${port}` };
});

afterAll(async () => {
  for (const socket of silentSockets) socket.destroy();
  silent.close();
  await backend?.close();
});

describe.each(Object.entries(RUNTIMES))('on %s', (_name, start) => {
  let reports: unknown[];

  beforeAll(async () => {
    reports = JSON.parse(await start(addresses)) as unknown[];
  });

  test.each(CASES.map(({ name, gives }, index) => ({ name, gives, index })))(
    '$name',
    ({ gives, index }) => expect(reports[index]).toEqual(gives),
  );
});

test('kitcn/test runs a suite under bun test', { timeout: 60_000 }, async () => {
  const suite = fileURLToPath(new URL('../testing/node-suite.mjs', import.meta.url));
  const { code, stderr } = await runProgram(installed('bun'), ['test', suite], { cwd: here });
  expect(stderr).toMatch(/ 2 pass\n 0 fail\n/);
  expect(code).toBe(0);
});
