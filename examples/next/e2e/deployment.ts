import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBackend } from 'kitcn/backend';
import type { BackendOptions } from 'kitcn/backend';

/** An embedded backend that can go away and come back as it was: on the same ports, with the same data. */
export interface Deployment extends AsyncDisposable {
  readonly url: string;
  readonly siteUrl: string;
  /** What functions and the backend wrote. */
  readonly logs: readonly string[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startDeployment(env: Record<string, string>): Promise<Deployment> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'kitcn-next-'));
  const projectDir = path.join(import.meta.dirname, '..');
  const logs: string[] = [];
  const log = (line: string): unknown => logs.push(line);
  const options: BackendOptions = { projectDir, dataDir, env, log };
  let backend = await startBackend(options);
  const { url, siteUrl } = backend;
  const port = Number(new URL(url).port);
  const sitePort = Number(new URL(siteUrl).port);
  return {
    url,
    siteUrl,
    logs,
    stop: () => backend.close(),
    async start() {
      backend = await startBackend({ ...options, port, sitePort });
    },
    async [Symbol.asyncDispose]() {
      await backend.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
