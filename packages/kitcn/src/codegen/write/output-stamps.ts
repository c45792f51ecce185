import { statSync } from 'node:fs';

/** Remembers how generated files were left on disk, so that one that was deleted or edited since is told without reading. */
export class OutputStamps {
  readonly #stamps = new Map<string, string | undefined>();

  /** Absolute paths of files as they should stay. */
  note(files: Iterable<string>): void {
    for (const file of files) this.#stamps.set(file, readStamp(file));
  }

  /** Whether a file is there, and as it was when it was noted. */
  isIntact(file: string): boolean {
    const stamp = this.#stamps.get(file);
    return stamp !== undefined && stamp === readStamp(file);
  }
}

/** Synchronous: for hundreds of files many times as quick as a promise for each. */
function readStamp(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
  } catch {
    // What cannot be looked at is not intact; writing it tells why.
    return undefined;
  }
}
