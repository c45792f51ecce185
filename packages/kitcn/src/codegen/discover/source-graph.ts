import path from 'node:path';
import type { Metafile } from 'esbuild';
import { isFileName, isPackageFile } from '../../project/source-name.ts';

/** One file that a bundle was made of. */
interface Source {
  /** What it imports, as keys of the graph. */
  imports: string[];
  isPackage: boolean;
  isCommonJs: boolean;
}

/** Which files a bundle was made of, and which of them import which. Files are absolute paths. */
export class SourceGraph {
  readonly #sources = new Map<string, Source>();

  /** @param root the folder that the paths in the metafile start from. */
  constructor(root: string, { inputs }: Metafile) {
    // Nearly all files import the same few.
    const keys = new Map(Object.keys(inputs).map((name) => [name, keyOf(root, name)]));
    for (const [name, { imports, format }] of Object.entries(inputs)) {
      const targets = imports.filter(({ external }) => external !== true);
      this.#sources.set(keys.get(name) ?? name, {
        imports: targets.map(({ path: to }) => keys.get(to) ?? to),
        isPackage: isPackageFile(name),
        isCommonJs: format === 'cjs',
      });
    }
  }

  /** The files of the project itself, packages apart, sorted. */
  ownFiles(): string[] {
    return [...this.#sources]
      .flatMap(([file, { isPackage }]) => (!isPackage && path.isAbsolute(file) ? [file] : []))
      .sort();
  }

  /** All files, sorted. */
  files(): string[] {
    return [...this.#sources.keys()].filter((file) => path.isAbsolute(file)).sort();
  }

  /** Files of packages that the project's own files import as ES modules, sorted. */
  importedPackages(): string[] {
    const imported = new Set<string>();
    for (const { isPackage, imports } of this.#sources.values()) {
      if (isPackage) continue;
      for (const to of imports) {
        const target = this.#sources.get(to);
        if (target?.isPackage === true && !target.isCommonJs) imported.add(to);
      }
    }
    return [...imported].sort();
  }

  /** A file with all of the project's own files that it imports, at any distance. */
  reachedFrom(file: string): Set<string> {
    const reached = new Set<string>();
    const waiting = [file];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const source = this.#sources.get(next);
      if (source === undefined || source.isPackage || reached.has(next)) continue;
      reached.add(next);
      waiting.push(...source.imports);
    }
    return reached;
  }
}

function keyOf(root: string, name: string): string {
  return isFileName(name) ? path.resolve(root, name) : name;
}
