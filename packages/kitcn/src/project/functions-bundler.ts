import { stat } from 'node:fs/promises';
import path from 'node:path';
import { build, context } from 'esbuild';
import type { BuildContext, Metafile } from 'esbuild';
import type { BundledModule, FunctionsBundle } from './bundle.ts';
import { inputsOf, splitBuildOptions, toModules, toProjectError } from './bundle-functions.ts';
import { findEntryPoints } from './entry-points.ts';
import type { EntryPoint } from './entry-points.ts';
import { importedPackages, isClosed } from './imported-packages.ts';
import type { ImportedPackages } from './imported-packages.ts';
import { loadProject } from './project.ts';
import type { Project } from './project.ts';

/** Throws if there are entry points that are not to be bundled. */
export type EntryPointCheck = (project: Project, entryPoints: readonly EntryPoint[]) => void;

/** What a bundle is made from, besides the text of the sources. */
interface Basis {
  project: Project;
  entryPoints: EntryPoint[];
  /** When packages were last installed. */
  installed: number;
}

/** A build of the project's own files alone, which can be done again in no time, and the packages that go with it. */
interface OwnBuild {
  basis: Basis;
  context: BuildContext<{ write: false; metafile: true }>;
  packages: ImportedPackages;
  modules: BundledModule[];
  /** What the packages are made of. */
  packageFiles: Metafile;
  /** What the outputs of the last build were made into. */
  known: Map<string, BundledModule>;
}

/**
 * Bundles a functions folder again and again. Packages, by far the most of it, are bundled once, and again only when
 * others are imported or installed.
 */
export class FunctionsBundler implements AsyncDisposable {
  readonly #projectDir: string;
  readonly #check: EntryPointCheck;
  #last: { basis: Basis; metafile: Metafile } | undefined;
  #own: Promise<OwnBuild | undefined> | undefined;
  #begun: Promise<FunctionsBundle | undefined> | undefined;

  /** @param check asked before entry points are bundled that are not those of the bundle before. */
  constructor(projectDir: string, check: EntryPointCheck = () => {}) {
    this.#projectDir = projectDir;
    this.#check = check;
  }

  /**
   * Like `bundleFunctions`, of the project as it is now. One at a time.
   *
   * @param written files that have changed since `begin`, if that was called since the last bundle: absolute paths.
   */
  async bundle(written: readonly string[] = []): Promise<FunctionsBundle> {
    const begun = await this.#begun;
    this.#begun = undefined;
    if (begun !== undefined && !isAnyOf(written, begun.inputs)) return begun;
    return this.#bundle();
  }

  /** Makes the next bundle in the background; what is wrong is told by `bundle`. */
  begin(): void {
    const before = this.#begun;
    const begin = async (): Promise<FunctionsBundle> => {
      await before;
      return this.#bundle();
    };
    this.#begun = begin().catch(() => undefined);
  }

  /** Gets ready in the background for a `bundle` that is quick. */
  prepare(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#own ??= prepareOwn(last.basis, last.metafile).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#begun;
    await this.#forget();
  }

  async #bundle(): Promise<FunctionsBundle> {
    const own = await this.#own;
    // Nearly always the basis is the same, which takes about as long to find out.
    const rebuilding = own === undefined ? null : rebuild(own);
    rebuilding?.catch(() => {});
    const basis = await readBasis(this.#projectDir);
    if (own !== undefined && isSame(own.basis, basis)) {
      const bundle = await rebuilding;
      if (bundle !== null) return bundle;
    }
    await rebuilding?.catch(() => {});
    await this.#forget();
    return this.#bundleAll(basis);
  }

  async #bundleAll(basis: Basis): Promise<FunctionsBundle> {
    const { project, entryPoints } = basis;
    this.#check(project, entryPoints);
    if (entryPoints.length === 0) return { entries: [], modules: [], inputs: [] };
    const built = await build(splitBuildOptions(project, entryPoints)).catch((error: unknown) => {
      throw toProjectError(error, project.root);
    });
    this.#last = { basis, metafile: built.metafile };
    return {
      entries: entryPoints.map(({ name }) => name),
      modules: toModules(project, built.outputFiles),
      inputs: inputsOf(project, built.metafile),
    };
  }

  async #forget(): Promise<void> {
    const own = this.#own;
    this.#own = undefined;
    await (await own)?.context.dispose();
  }
}

async function readBasis(projectDir: string): Promise<Basis> {
  const project = await loadProject(projectDir);
  const [entryPoints, installed] = await Promise.all([
    findEntryPoints(project),
    readInstallTime(project.root),
  ]);
  return { project, entryPoints, installed };
}

/** Package managers leave their traces in the folder that packages are in; the nearest one counts. */
async function readInstallTime(folder: string): Promise<number> {
  const found = await stat(path.join(folder, 'node_modules')).catch(() => null);
  const parent = path.dirname(folder);
  if (found === null) return parent === folder ? 0 : readInstallTime(parent);
  const record = path.join(folder, 'node_modules', '.package-lock.json');
  const recorded = await stat(record).catch(() => null);
  return Math.max(found.mtimeMs, recorded?.mtimeMs ?? 0);
}

function isAnyOf(files: readonly string[], inputs: readonly string[]): boolean {
  const known = new Set(inputs);
  return files.some((file) => known.has(file));
}

function isSame(a: Basis, b: Basis): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function prepareOwn(basis: Basis, metafile: Metafile): Promise<OwnBuild> {
  const { project, entryPoints } = basis;
  const packages = importedPackages(metafile);
  const bundled = await build({
    ...splitBuildOptions(
      project,
      Array.from(packages.files, ([file, name]) => ({
        file: path.resolve(project.root, file),
        name,
      })),
    ),
    chunkNames: '_packages/[name]-[hash]',
  });
  const own = await context({
    ...splitBuildOptions(project, entryPoints),
    external: [...packages.modules.keys()],
  });
  return {
    basis,
    context: own,
    packages,
    modules: toModules(project, bundled.outputFiles),
    packageFiles: bundled.metafile,
    known: new Map(),
  };
}

/** `null` if the sources import packages in ways that were not foreseen. */
async function rebuild({ basis, ...own }: OwnBuild): Promise<FunctionsBundle | null> {
  const { project, entryPoints } = basis;
  const built = await own.context.rebuild().catch((error: unknown) => {
    throw toProjectError(error, project.root);
  });
  const parts = new Set(Object.keys(own.packageFiles.inputs));
  if (!isClosed(built.metafile, own.packages, parts)) return null;
  const names = [...own.packages.modules].map(([name, module]) => [name, `${module}.js`] as const);
  return {
    entries: entryPoints.map(({ name }) => name),
    modules: [...own.modules, ...toModules(project, built.outputFiles, own.known)],
    packages: Object.fromEntries(names),
    inputs: [own.packageFiles, built.metafile].flatMap((files) => inputsOf(project, files)),
  };
}
