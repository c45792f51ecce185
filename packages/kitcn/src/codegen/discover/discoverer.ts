import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { findEntryPoints, isModule } from '../../project/entry-points.ts';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { standInsPlugin } from '../../project/stand-ins.ts';
import type { DiscoveredProject } from '../model/build-model.ts';
import { examineApart, examineAtOnce } from './examine.ts';
import type { Examination, ExaminedModule } from './examine.ts';
import { generatedStandIns } from './generated-stand-ins.ts';
import { Inspector } from './inspector.ts';
import { PackageSession } from './package-session.ts';
import { schemaFactsPlugin } from './schema-facts-plugin.ts';

export interface Discovery extends DiscoveredProject {
  /** Absolute paths of the source files that were read, for a watcher. */
  inputs: string[];
}

/** What is known after a look at the whole project, and kept up to date from then on. */
interface Knowledge {
  modules: Map<string, ExaminedModule>;
  inputs: ReadonlySet<string>;
  packages: string[];
}

/** Changes that reach more modules than this are looked at as a whole. */
const MANY = 50;

/**
 * Bundles and loads the functions folder to learn what it exports. Reads no generated file and writes nothing. Remembers
 * what it has seen, so that a change costs only the modules that it reaches.
 */
export class Discoverer implements AsyncDisposable {
  readonly #project: Project;
  readonly #env: Readonly<Record<string, string>>;
  readonly #plugins: readonly Plugin[];
  #knowledge: Knowledge | undefined;
  #session: PackageSession | undefined;

  constructor(project: Project, env: Readonly<Record<string, string>>) {
    this.#project = project;
    this.#env = env;
    this.#plugins = [standInsPlugin(project, generatedStandIns(project)), schemaFactsPlugin()];
  }

  /** Looks at the whole project. Throws a `ProjectError` that names file and line when a module does not load. */
  async discover(): Promise<Discovery> {
    await this.#forget();
    const entryPoints = await findEntryPoints(this.#project);
    const examination = { project: this.#project, entryPoints, plugins: this.#plugins };
    this.#knowledge = await this.#examineAll(examination);
    return this.#toDiscovery(this.#knowledge);
  }

  /** Like `discover`, after these files and no others have changed. Absolute paths. */
  async rediscover(changed: ReadonlySet<string>): Promise<Discovery> {
    const knowledge = this.#knowledge;
    if (knowledge === undefined) return this.discover();
    const isDone = await this.#examineChanged(changed, knowledge).catch(() => false);
    return isDone ? this.#toDiscovery(knowledge) : this.discover();
  }

  /** Gets ready for `rediscover`, which would do it the first time that it is called. */
  prepare(): void {
    if (this.#session?.isWornOut === true) {
      void this.#session[Symbol.asyncDispose]();
      this.#session = undefined;
    }
    if (this.#knowledge === undefined) return;
    const options = { project: this.#project, env: this.#env, plugins: this.#plugins };
    this.#session ??= new PackageSession(options, this.#knowledge.packages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#forget();
  }

  async #forget(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#knowledge = undefined;
    await session?.[Symbol.asyncDispose]();
  }

  async #examineAll(examination: Examination): Promise<Knowledge> {
    if (examination.entryPoints.length === 0) {
      return { modules: new Map(), inputs: new Set(), packages: [] };
    }
    try {
      await using inspector = new Inspector({ env: this.#env, isAnnounced: false });
      const { modules, graph } = await examineAtOnce(examination, inspector);
      const packages = graph.importedPackages();
      return { modules: byName(modules), inputs: new Set(graph.files()), packages };
    } catch {
      // Whatever it is, the slow way tells where it is.
      const { modules, inputs } = await examineApart(examination, this.#env);
      return { modules: byName(modules), inputs: new Set(inputs), packages: [] };
    }
  }

  /** Whether it could be done without a look at the whole. */
  async #examineChanged(changed: ReadonlySet<string>, knowledge: Knowledge): Promise<boolean> {
    for (const file of changed) if (!knowledge.inputs.has(file)) return false;
    const isAffected = ({ reached }: ExaminedModule): boolean =>
      [...changed].some((file) => reached.has(file));
    const affected = [...knowledge.modules.values()].filter(isAffected);
    if (affected.length === 0 || affected.length > MANY) return false;
    const entryPoints = affected.map(({ entryPoint }) => entryPoint);
    for (const { file } of entryPoints) if (!(await isModule(file))) return false;
    this.prepare();
    const examined = await this.#session?.examine(entryPoints);
    if (examined === undefined) return false;
    for (const module of examined.modules) knowledge.modules.set(module.entryPoint.name, module);
    knowledge.inputs = new Set([...knowledge.inputs, ...examined.graph.files()]);
    return true;
  }

  async #toDiscovery({ modules, inputs }: Knowledge): Promise<Discovery> {
    const { root, functionsDir } = this.#project;
    const files = await readdir(functionsDir);
    return {
      hasSchema: modules.has('schema'),
      hasComponents: files.some((file) => /^convex\.config\.[jt]s$/.test(file)),
      modules: [...modules.values()].map(({ entryPoint, found }) => ({
        path: entryPoint.name,
        file: toPosix(path.relative(root, entryPoint.file)),
        ...found,
      })),
      inputs: [...inputs].sort(),
    };
  }
}

function byName(modules: readonly ExaminedModule[]): Map<string, ExaminedModule> {
  return new Map(modules.map((module) => [module.entryPoint.name, module]));
}
