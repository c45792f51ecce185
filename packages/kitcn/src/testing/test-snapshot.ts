import { copyFileSync } from 'node:fs';
import { createTemporaryFile } from '../backend/storage/temporary-file.ts';
import type { TemporaryFile } from '../backend/storage/temporary-file.ts';

/** The data of a test backend at one moment, and the time on its clock. Good for any number of resets. */
export class TestSnapshot implements Disposable {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly #data: TemporaryFile = createTemporaryFile('snapshot.sqlite');

  constructor(now: number) {
    this.now = now;
  }

  get file(): string {
    return this.#data.file;
  }

  /** A copy of the data, to go on with. */
  copy(): TemporaryFile {
    const copy = createTemporaryFile('data.sqlite');
    copyFileSync(this.file, copy.file);
    return copy;
  }

  [Symbol.dispose](): void {
    this.#data.remove();
  }
}
