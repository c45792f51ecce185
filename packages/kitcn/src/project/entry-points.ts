import type { Dirent } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ProjectError } from './project-error.ts';
import { toPosix } from './project.ts';
import type { Project } from './project.ts';

/** A file of the functions folder that becomes a module of its own. */
export interface EntryPoint {
  /** Relative to the functions folder, `/`-separated, without extension: `items/queries`. */
  name: string;
  /** Absolute path. */
  file: string;
  /** There if it says "use node": it runs in Node, not with the others. */
  usesNode?: true;
}

/** How the name of a file that may be an entry point ends. */
export const SOURCE_EXTENSION: RegExp = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/**
 * The entry points of a functions folder, sorted by name. Convex's rules (its bundler's `entryPoints`), with `schema` and
 * `auth.config` added, which Convex bundles apart, and our own generated files left out.
 */
export async function findEntryPoints(project: Project): Promise<EntryPoint[]> {
  const files = await listFiles(project.functionsDir, project);
  const candidates = files.filter((file) => isCandidate(file, project));
  refuseReserved(candidates, project);
  const read = await Promise.all(candidates.map((file) => readEntryPoint(file, project)));
  const entries = read.filter((entry) => entry !== undefined);
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.file < b.file ? -1 : 1));
  refuseClashes(entries, project);
  return entries;
}

async function listFiles(folder: string, project: Project): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    found.map(async (entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isFile()) return [file];
      return isSourceFolder(entry, file, project) ? listFiles(file, project) : [];
    }),
  );
  // A folder below the functions folder that defines a component is not part of the app.
  const isComponent =
    folder !== project.functionsDir && found.some((entry) => entry.name === 'convex.config.ts');
  return isComponent ? [] : lists.flat();
}

function isSourceFolder(entry: Dirent, folder: string, project: Project): boolean {
  if (!entry.isDirectory() || entry.name === 'node_modules') return false;
  const name = toPosix(path.relative(project.functionsDir, folder));
  return name !== '_generated' && name !== 'generated';
}

/** Whether a file in the functions folder is an entry point if it is a module, by its name: an absolute path. */
export function isCandidate(file: string, project: Project): boolean {
  const name = toPosix(path.relative(project.functionsDir, file));
  const base = path.basename(file);
  const stem = name.replace(SOURCE_EXTENSION, '');
  if (!SOURCE_EXTENSION.test(name) || name.includes(' ') || /^[.#]/.test(base)) return false;
  if (name.startsWith(RESERVED)) return true;
  if (stem === 'auth.config') return true;
  if (base.split('.').length > 2) return false;
  if (/^schema\.[jt]s$/.test(base)) return stem === 'schema';
  return file.replace(SOURCE_EXTENSION, '') !== project.apiFile.replace(SOURCE_EXTENSION, '');
}

/** What a candidate is now; `undefined` if it is no module. */
export async function readEntryPoint(
  file: string,
  project: Project,
): Promise<EntryPoint | undefined> {
  const source = await readFile(file, 'utf8');
  // TypeScript files that neither import nor export are scripts, not modules.
  if (/\.tsx?$/.test(file) && !/^\s{0,100}(?:import|export)/m.test(source)) return undefined;
  const name = toPosix(path.relative(project.functionsDir, file)).replace(SOURCE_EXTENSION, '');
  return { name, file, ...(USE_NODE.test(source) && { usesNode: true }) };
}

/** The directive, after comments and other directives. No two ways through any text, so that no text takes long. */
const USE_NODE =
  /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|["'][^"'\n]*["'];?)*?["']use node["']/;

/** Where Convex puts what modules share. */
const RESERVED = '_deps/';

function refuseReserved(candidates: readonly string[], project: Project): void {
  const names = candidates.map((file) => toPosix(path.relative(project.functionsDir, file)));
  const name = names.find((candidate) => candidate.startsWith(RESERVED));
  if (name === undefined) return;
  throw new ProjectError(
    'RESERVED_FOLDER',
    'The folder "_deps" is reserved for bundled dependencies.',
    { at: { file: `${project.functionsPath}/${name}` } },
  );
}

function refuseClashes(entries: readonly EntryPoint[], project: Project): void {
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (next?.name !== entry.name) continue;
    const files = [entry, next].map(({ file }) => toPosix(path.relative(project.root, file)));
    throw new ProjectError(
      'ENTRY_POINTS_CLASH',
      `${files.join(' and ')} would both be the module "${entry.name}". Rename one of them.`,
    );
  }
}
