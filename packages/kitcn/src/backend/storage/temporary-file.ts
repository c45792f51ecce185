import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFile {
  readonly file: string;
  remove(): void;
}

/** Signals that end a process without its `exit` event; test runners send them to their workers. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

function endBySignal(signal: NodeJS.Signals): void {
  // Whoever else listens decides what becomes of the process, and may still need the files.
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  unwatch();
  process.kill(process.pid, signal);
}

function watch(): void {
  process.once('exit', removeAll);
  for (const signal of SIGNALS) process.on(signal, endBySignal);
}

function unwatch(): void {
  process.off('exit', removeAll);
  for (const signal of SIGNALS) process.off(signal, endBySignal);
}

/** A file in a folder of its own, removed with it, at the latest when the process ends. */
export function createTemporaryFile(name: string): TemporaryFile {
  if (folders.size === 0) watch();
  const folder = mkdtempSync(join(tmpdir(), 'kitcn-'));
  folders.add(folder);
  return {
    file: join(folder, name),
    remove() {
      rmSync(folder, { recursive: true, force: true });
      folders.delete(folder);
      if (folders.size === 0) unwatch();
    },
  };
}
