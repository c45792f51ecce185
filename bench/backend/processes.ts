import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mkdir } from 'node:fs/promises';
import type { Case } from './cases.ts';
import type { Contenders, Sizes } from './contenders.ts';
import { residentMegabytes, startServer } from './server-process.ts';

const CALM_MS = 5_000;

/** From the start of a process to its first answer, with data and build there from before. */
export function startCase({ folder }: Contenders, { rounds }: Sizes): Case {
  const server = (name: string, file: string) => ({
    name,
    async run() {
      const dataDir = path.join(folder, `start-${file}`);
      await mkdir(dataDir, { recursive: true });
      const start = performance.now();
      await using started = await startServer(file, dataDir);
      await started.call('query', 'trivial', { number: start });
      return performance.now() - start;
    },
  });
  const program = (name: string, args: readonly string[]) => ({
    name,
    async run() {
      const start = performance.now();
      await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
      return performance.now() - start;
    },
  });
  const convexTest = fileURLToPath(new URL('convex-test-rows.ts', import.meta.url));
  const subjects = [
    server('kitcn', 'kitcn-server.ts'),
    server('node:http and node:sqlite', 'sqlite-server.ts'),
    program('convex-test', [convexTest]),
    program('node that does nothing', ['-e', '0']),
  ];
  const title = 'start to first answer';
  const baseline = 'node that does nothing';
  return { title, unit: 'ms', rounds, baseline, open: async () => ({ subjects }) };
}

/** Megabytes of a server that has answered a query and then has nothing to do. */
export async function idleMemory(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const names = { kitcn: 'kitcn-server.ts', 'node:http and node:sqlite': 'sqlite-server.ts' };
  for (const [name, file] of Object.entries(names)) {
    const dataDir = path.join(folder, `idle-${file}`);
    await mkdir(dataDir, { recursive: true });
    await using server = await startServer(file, dataDir);
    await server.call('query', 'trivial', { number: 1 });
    await sleep(CALM_MS);
    found.set(name, await residentMegabytes(server.process.pid ?? 0));
  }
  return found;
}
