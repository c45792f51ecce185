import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../shared/message-of.ts';
import { ProjectError } from '../../project/project-error.ts';
import type { Project } from '../../project/project.ts';
import { HEADER } from '../emit/output-file.ts';
import type { OutputFile } from '../emit/output-file.ts';
import type { OutputStamps } from './output-stamps.ts';

/** What happened to the generated files; absolute paths, sorted. */
export interface WriteResult {
  written: string[];
  unchanged: string[];
  removed: string[];
}

/** Ends the names of files that are not complete yet; Convex and esbuild take no notice of it. */
export const TEMPORARY_SUFFIX = '.kitcn-tmp';

/** A temporary file this old, in milliseconds, belongs to a run that died. */
const ABANDONED_AFTER = 60_000;

/** What a run has left. */
export interface OutputsBefore {
  outputs: readonly OutputFile[];
  stamps: OutputStamps;
}

/**
 * Brings the generated files from what a run before has made of them to what they are to be. Reads none that is as that
 * run has left it, and looks at no other.
 */
export async function updateOutputs(
  project: Project,
  before: OutputsBefore,
  outputs: readonly OutputFile[],
): Promise<WriteResult> {
  const known = new Map(before.outputs.map(({ file, text }) => [file, text]));
  const suspects = outputs.filter(
    ({ file, text }) => known.get(file) !== text || !before.stamps.isIntact(file),
  );
  const changed = await outdated(suspects);
  await replaceFiles(changed);
  before.stamps.note(suspects.map(({ file }) => file));
  const written = new Set(changed.map(({ file }) => file));
  const current = new Set(outputs.map(({ file }) => file));
  const removed = [...known.keys()].filter((file) => !current.has(file));
  for (const file of removed) {
    await rm(file, { force: true });
    await removeEmptyFolders(path.dirname(file), generatedFolder(project));
  }
  return {
    written: [...written].sort(),
    unchanged: [...current].filter((file) => !written.has(file)).sort(),
    removed: removed.sort(),
  };
}

/**
 * Brings the generated files up to date. Files that would not change are not touched; the others are all written beside
 * their places first and renamed together, so that a failure leaves the old ones.
 */
export async function writeOutputs(
  project: Project,
  outputs: readonly OutputFile[],
): Promise<WriteResult> {
  const changed = await outdated(outputs);
  await replaceFiles(changed);
  const removed = await removeStale(project, outputs);
  await sweepTemporaries(outputs);
  const written = new Set(changed.map(({ file }) => file));
  const files = outputs.map(({ file }) => file);
  return {
    written: [...written].sort(),
    unchanged: files.filter((file) => !written.has(file)).sort(),
    removed: removed.sort(),
  };
}

/** Those that are not on disk as they should be. */
async function outdated(outputs: readonly OutputFile[]): Promise<OutputFile[]> {
  const same = await Promise.all(outputs.map(isUpToDate));
  return outputs.filter((_, index) => same[index] === false);
}

async function isUpToDate({ file, text }: OutputFile): Promise<boolean> {
  return readFile(file, 'utf8').then(
    (present) => present === text,
    () => false,
  );
}

async function replaceFiles(outputs: readonly OutputFile[]): Promise<void> {
  const staged = outputs.map(({ file, text }) => ({
    file,
    text,
    temporary: `${file}.${randomUUID()}${TEMPORARY_SUFFIX}`,
  }));
  try {
    for (const { file, text, temporary } of staged) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(temporary, text);
    }
    for (const { file, temporary } of staged) await rename(temporary, file);
  } catch (error) {
    await Promise.allSettled(staged.map(({ temporary }) => rm(temporary, { force: true })));
    const reason = messageOf(error);
    throw new ProjectError('WRITE_FAILED', `Generated files could not be written: ${reason}`, {
      cause: error,
    });
  }
}

/** Removes runtime files of modules that are gone, and the folders that this leaves empty. */
async function removeStale(project: Project, outputs: readonly OutputFile[]): Promise<string[]> {
  const leftovers = await findLeftovers(project, outputs);
  for (const file of leftovers) {
    await rm(file);
    await removeEmptyFolders(path.dirname(file), generatedFolder(project));
  }
  return leftovers;
}

/** Runtime files that an earlier run has written and that are no longer among the outputs. */
export async function findLeftovers(
  project: Project,
  outputs: readonly OutputFile[],
): Promise<string[]> {
  const current = new Set(outputs.map(({ file }) => file));
  const folder = generatedFolder(project);
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const candidates = names
    .filter((name) => name.endsWith('.runtime.ts'))
    .map((name) => path.join(folder, name))
    .filter((file) => !current.has(file));
  const ours = await Promise.all(candidates.map(isOurs));
  return candidates.filter((_, index) => ours[index]);
}

function generatedFolder(project: Project): string {
  return path.join(project.functionsDir, 'generated');
}

async function isOurs(file: string): Promise<boolean> {
  return readFile(file, 'utf8').then(
    (text) => text.startsWith(HEADER),
    () => false,
  );
}

async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root; current = path.dirname(current)) {
    const isRemoved = await rmdir(current).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

async function sweepTemporaries(outputs: readonly OutputFile[]): Promise<void> {
  const folders = new Set(outputs.map(({ file }) => path.dirname(file)));
  for (const folder of folders) {
    for (const name of await readdir(folder)) {
      if (!name.endsWith(TEMPORARY_SUFFIX)) continue;
      const file = path.join(folder, name);
      const age = await stat(file).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > ABANDONED_AFTER) await rm(file, { force: true });
    }
  }
}
