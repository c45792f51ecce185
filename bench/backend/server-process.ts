import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
  call(kind: 'query' | 'mutation', name: string, args: object): Promise<unknown>;
}

/** Starts a server that prints its URL. */
export async function startServer(file: string, dataDir: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [url] = (await once(lines, 'line')) as [string];
  const pool = new Pool(url, { connections: 20, pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
  return {
    url,
    process: child,
    async call(kind, name, args) {
      const { body } = await pool.request({
        path: `/api/${kind}`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path: `rows:${name}`, args, format: 'json' }),
      });
      const answer = (await body.json()) as { status: string; value: unknown };
      if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
      return answer.value;
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy();
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Of a process and those that it started, in MB. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  const tasks = await readdir(`/proc/${pid}/task`);
  const children = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  );
  const pids = children.join(' ').split(' ').filter(Boolean).map(Number);
  const theirs = await Promise.all(pids.map(residentMegabytes));
  return theirs.reduce((sum, one) => sum + one, own);
}
