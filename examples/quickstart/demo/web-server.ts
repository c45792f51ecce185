import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));

export interface WebServer {
  url: string;
  close(): Promise<void>;
}

/** Starts the Hono server in a process of its own, as it would run anywhere, on a free port. */
export async function startWebServer(env: Record<string, string>): Promise<WebServer> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: project,
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const close = async () => {
    child.kill();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('http://')) return { url: line, close };
  }
  throw new Error(`The Hono server stopped before it listened (exit code ${child.exitCode})`);
}
