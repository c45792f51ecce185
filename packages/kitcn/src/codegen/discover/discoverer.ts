import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Plugin } from 'esbuild';
import { findEntryPoints, readEntryPoint } from '../../project/entry-points.ts';
import type { EntryPoint } from '../../project/entry-points.ts';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { standInsPlugin } from '../../project/stand-ins.ts';
import type { DiscoveredProject } from '../model/discovered-project.ts';
import { collectGarbage } from './collect-garbage.ts';
import { examineAfresh, examineApart } from './examine.ts';
import type { ExaminedAtOnce, Examination, ExaminedModule } from './examine.ts';
import { generatedStandIns } from './generated-stand-ins.ts';
import type { InspectionOptions } from './inspection.ts';
import { nodeRuntimePlugin } from './node-runtime-plugin.ts';
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
  /** All this as it is handed out, until something is different. */
  discovery?: Discovery | undefined;
}

/** Entry points that are looked at together, because they run in the same place. */
interface Group {
  examination: Examination;
  options: InspectionOptions;
}

/** Changes that reach more modules than this are looked at as a whole. */
const MANY = 50;

/**
 * Bundles and loads the functions folder to learn what it exports. Reads no generated file and writes nothing. Remembers
 * what it has seen, so that a change costs only the modules that it reaches.
 */
export class Discoverer implements AsyncDisposable {
  readonly #project: Project;
  readonly #options: InspectionOptions;
  readonly #plugins: readonly Plugin[];
  #knowledge: Knowledge | undefined;
  #session: PackageSession | undefined;

  constructor(project: Project, options: InspectionOptions) {
    this.#project = project;
    this.#options = options;
    this.#plugins = [standInsPlugin(project, generatedStandIns(project)), schemaFactsPlugin()];
  }

  /** Looks at the whole project. Throws a `ProjectError` that names file and line when a module does not load. */
  async discover(): Promise<Discovery> {
    await this.#forget();
    const entryPoints = await findEntryPoints(this.#project);
    const knowledge = await this.#examineAll(entryPoints);
    // The look has left several times as much as what is kept of it: room for what is printed next.
    await collectGarbage();
    knowledge.discovery = await this.#toDiscovery(knowledge);
    this.#knowledge = knowledge;
    return knowledge.discovery;
  }

  /**
   * Like `discover`, after these files and no others have changed. Absolute paths. Gives the very discovery of before where
   * none of what it says is different.
   */
  async rediscover(changed: ReadonlySet<string>): Promise<Discovery> {
    const knowledge = this.#knowledge;
    if (knowledge === undefined) return this.discover();
    const isDone = await this.#examineChanged(changed, knowledge).catch(() => false);
    if (!isDone) return this.discover();
    knowledge.discovery ??= await this.#toDiscovery(knowledge);
    return knowledge.discovery;
  }

  /** Gets ready for `rediscover`, which would do it the first time that it is called. */
  prepare(): void {
    if (this.#session?.isWornOut === true) {
      void this.#session[Symbol.asyncDispose]();
      this.#session = undefined;
    }
    if (this.#knowledge === undefined || this.#session !== undefined) return;
    // Now of what was printed: it may be long until the next change.
    void collectGarbage();
    const setting = { project: this.#project, plugins: this.#plugins, options: this.#options };
    this.#session = new PackageSession(setting, this.#knowledge.packages);
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

  #groups(entryPoints: readonly EntryPoint[]): Group[] {
    const plain = entryPoints.filter(({ usesNode }) => usesNode !== true);
    const forNode = entryPoints.filter(({ usesNode }) => usesNode === true);
    const setting = { project: this.#project, plugins: this.#plugins };
    const plugins = [...this.#plugins, nodeRuntimePlugin()];
    const groups = [
      { examination: { ...setting, entryPoints: plain }, options: this.#options },
      {
        examination: { ...setting, plugins, entryPoints: forNode },
        options: { ...this.#options, hasNode: true },
      },
    ];
    return groups.filter(({ examination }) => examination.entryPoints.length > 0);
  }

  async #examineAll(entryPoints: readonly EntryPoint[]): Promise<Knowledge> {
    const parts: Seen[] = [];
    for (const group of this.#groups(entryPoints)) parts.push(await examineGroup(group));
    return {
      modules: byName(parts.flatMap(({ modules }) => modules)),
      inputs: new Set(parts.flatMap(({ inputs }) => inputs)),
      packages: parts.flatMap(({ packages }) => packages),
    };
  }

  /** Whether it could be done without a look at the whole. */
  async #examineChanged(changed: ReadonlySet<string>, knowledge: Knowledge): Promise<boolean> {
    for (const file of changed) if (!knowledge.inputs.has(file)) return false;
    const isAffected = ({ reached }: ExaminedModule): boolean =>
      [...changed].some((file) => reached.has(file));
    const affected = [...knowledge.modules.values()].filter(isAffected);
    if (affected.length === 0 || affected.length > MANY) return false;
    const read = affected.map(({ entryPoint }) => readEntryPoint(entryPoint.file, this.#project));
    const entryPoints = (await Promise.all(read)).filter((entry) => entry !== undefined);
    if (entryPoints.length < affected.length) return false;
    for (const group of this.#groups(entryPoints)) {
      const examined = await this.#examineAgain(group);
      if (examined === undefined) return false;
      learn(knowledge, examined);
    }
    return true;
  }

  /** `undefined` if only a look at the whole will do. */
  async #examineAgain({ examination, options }: Group): Promise<ExaminedAtOnce | undefined> {
    if (options.hasNode === true) return examineAfresh(examination, options);
    this.prepare();
    return this.#session?.examine(examination.entryPoints);
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

/** What a look at a group has found. */
interface Seen {
  modules: ExaminedModule[];
  inputs: string[];
  /** Those that can be loaded for a look at changes. */
  packages: string[];
}

async function examineGroup({ examination, options }: Group): Promise<Seen> {
  try {
    const { modules, graph } = await examineAfresh(examination, options);
    // Modules for Node are looked at afresh, packages included.
    const packages = options.hasNode === true ? [] : graph.importedPackages();
    return { modules, inputs: graph.files(), packages };
  } catch {
    // Whatever it is, the slow way tells where it is.
    return { ...(await examineApart(examination, options)), packages: [] };
  }
}

/** Takes over what is different. */
function learn(knowledge: Knowledge, { modules, graph }: ExaminedAtOnce): void {
  for (const module of modules) {
    const { name } = module.entryPoint;
    const known = knowledge.modules.get(name)?.found;
    const isSame = known !== undefined && isDeepStrictEqual(known, module.found);
    if (!isSame) knowledge.discovery = undefined;
    knowledge.modules.set(name, isSame ? { ...module, found: known } : module);
  }
  const added = graph.files().filter((file) => !knowledge.inputs.has(file));
  if (added.length === 0) return;
  knowledge.inputs = new Set([...knowledge.inputs, ...added]);
  knowledge.discovery = undefined;
}

function byName(modules: readonly ExaminedModule[]): Map<string, ExaminedModule> {
  const named = modules.map((module) => [module.entryPoint.name, module] as const);
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
