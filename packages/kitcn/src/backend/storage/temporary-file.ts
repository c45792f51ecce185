import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFile {
  readonly file: string;
  remove(): void;
}

const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** A file in a folder of its own, removed with it, at the latest when the process ends. */
export function createTemporaryFile(name: string): TemporaryFile {
  if (folders.size === 0) process.once('exit', removeAll);
  const folder = mkdtempSync(join(tmpdir(), 'kitcn-'));
  folders.add(folder);
  return {
    file: join(folder, name),
    remove() {
      rmSync(folder, { recursive: true, force: true });
      folders.delete(folder);
      if (folders.size === 0) process.off('exit', removeAll);
    },
  };
}
