import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';

const project = path.join(import.meta.dirname, '..');
const next = path.join(project, 'node_modules/next/dist/bin/next');

export type Env = Record<string, string>;

/** Builds the app for production; rejects with what the build printed. */
export async function buildApp(env: Env): Promise<void> {
  // The deployment's address is part of a build, so what an earlier one kept is of another deployment.
  await rm(path.join(project, '.next', 'cache'), { recursive: true, force: true });
  const { child, printed } = runNext(['build'], env);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`next build failed (${code}):\n${printed()}`);
}

export interface NextServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves what was built, on a free port. */
export async function startApp(env: Env): Promise<NextServer> {
  const { child, printed } = runNext(['start', '--hostname', '127.0.0.1', '--port', '0'], env);
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const [found] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(printed()) ?? [];
      if (found !== undefined && printed().includes('Ready')) resolve(found);
    });
    void exited.then(() => reject(new Error(`next start ended:\n${printed()}`)));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}

function runNext(args: string[], env: Env): { child: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, [next, ...args], {
    cwd: project,
    env: { ...process.env, ...env, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  return { child, printed: () => text };
}
