import { readFile } from 'node:fs/promises';
import type { GenerateOptions } from './generator.ts';
import { Generator } from './generator.ts';
import { findLeftovers } from './write/write-outputs.ts';
import { diffLines } from './write/diff-lines.ts';

/** A generated file that is not what it should be. */
export interface StaleFile {
  /** Absolute path. */
  file: string;
  /** `leftover`: its module has no functions any more. */
  state: 'changed' | 'missing' | 'leftover';
  /** What a run of the generator would change: lines that begin with `-` go, those with `+` come. */
  diff: string;
}

/** What a run of the generator would change, sorted by path; writes nothing. Throws as `generate` does. */
export async function checkGenerated(options: GenerateOptions): Promise<StaleFile[]> {
  await using generator = new Generator(options);
  const { project, outputs } = await generator.plan();
  const stale = await Promise.all(
    outputs.map(async ({ file, text }): Promise<StaleFile[]> => {
      const present = await readFile(file, 'utf8').catch(() => undefined);
      if (present === text) return [];
      const state = present === undefined ? 'missing' : 'changed';
      return [{ file, state, diff: diffLines(present ?? '', text) }];
    }),
  );
  const leftovers = await findLeftovers(project, outputs);
  const left = leftovers.map((file): StaleFile => ({ file, state: 'leftover', diff: '' }));
  return [...stale.flat(), ...left].sort((a, b) => (a.file < b.file ? -1 : 1));
}
