import type { Metafile } from 'esbuild';
import { isPackageFile } from './source-name.ts';

/** The packages that can be bundled apart from the files that import them. */
export interface ImportedPackages {
  /** Names of modules of the bundle by the specifiers that import them: `convex/values` → `_packages/0`. */
  modules: ReadonlyMap<string, string>;
  /** The same names by the files of the packages, as the metafile has them. */
  files: ReadonlyMap<string, string>;
}

/** esbuild's own helpers, which it puts into the bundle but lists as left out. */
const ESBUILD_RUNTIME = '<runtime>';

/**
 * The packages that the project's own files import by name. CommonJS is left out, since what it exports is known to
 * the importing bundle only; so is a specifier that means different files in different places.
 */
export function importedPackages({ inputs }: Metafile): ImportedPackages {
  const targets = new Map<string, Set<string>>();
  for (const [name, { imports }] of Object.entries(inputs)) {
    if (isPackageFile(name)) continue;
    for (const { original, path: file } of imports) {
      if (original === undefined || !isPackageFile(file)) continue;
      targets.set(original, (targets.get(original) ?? new Set()).add(file));
    }
  }
  const modules = new Map<string, string>();
  const files = new Map<string, string>();
  for (const [specifier, found] of targets) {
    const [file = '', another] = found;
    const isEsm = inputs[file]?.format === 'esm';
    if (!isEsm || another !== undefined || /^[./]/.test(specifier)) continue;
    const name = files.get(file) ?? `_packages/${files.size}`;
    files.set(file, name);
    modules.set(specifier, name);
  }
  return { modules, files };
}

/**
 * Whether a bundle leaves out those packages and no others, each in a way that can be linked, and has no copy of its own
 * of anything that they are made of.
 *
 * @param parts the files that the packages are made of, as the metafile names them.
 */
export function isClosed(
  metafile: Metafile,
  { modules }: ImportedPackages,
  parts: ReadonlySet<string>,
): boolean {
  if (importedPackages(metafile).modules.size > 0) return false;
  return Object.entries(metafile.inputs).every(
    ([file, { imports }]) =>
      !parts.has(file) &&
      imports.every(
        ({ external, kind, path: name }) =>
          external !== true ||
          name === ESBUILD_RUNTIME ||
          (kind === 'import-statement' && modules.has(name)),
      ),
  );
}
