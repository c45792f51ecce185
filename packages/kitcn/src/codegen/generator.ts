import { loadProject } from '../project/project.ts';
import type { Project } from '../project/project.ts';
import { Discoverer } from './discover/discoverer.ts';
import type { Discovery } from './discover/discoverer.ts';
import { emit } from './emit/emit.ts';
import { emitContract, looseEnds } from './emit/emit-contract.ts';
import type { OutputFile } from './emit/output-file.ts';
import { buildModel } from './model/build-model.ts';
import type { ProjectModel } from './model/project-model.ts';
import { OutputStamps } from './write/output-stamps.ts';
import { updateOutputs, writeOutputs } from './write/write-outputs.ts';
import type { WriteResult } from './write/write-outputs.ts';

export interface GenerateOptions {
  /** The folder that holds `convex.json`, or `convex/`. */
  projectDir: string;
  /** What `process.env` shows to modules while they load. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Absolute path of a declaration of the public api to write too, for other packages: `dist/contract.d.ts`. */
  contract?: string | undefined;
}

export interface GenerateResult extends WriteResult {
  project: Project;
  /** Queries, mutations and actions, internal ones included. */
  functionCount: number;
  /** Absolute paths of the source files that were read. */
  inputs: string[];
  /** What the contract leaves `unknown`, and why. */
  looseEnds: string[];
}

/** What would be generated for a project. */
export interface Plan {
  project: Project;
  model: ProjectModel;
  outputs: OutputFile[];
}

/** Generates a project's files, again and again: what did not change since the last time is not looked at twice. */
export class Generator implements AsyncDisposable {
  readonly #options: GenerateOptions;
  #project: Project | undefined;
  #discoverer: Discoverer | undefined;
  /** What is on disk since the last run, if it went well. */
  #last: { plan: Plan; found: Discovery; stamps: OutputStamps } | undefined;

  constructor(options: GenerateOptions) {
    this.#options = options;
  }

  /**
   * Brings all generated files up to date. Throws a `ProjectError` that names file and line when a module does not load,
   * and leaves the files as they were.
   */
  async run(): Promise<GenerateResult> {
    this.#last = undefined;
    const project = await loadProject(this.#options.projectDir);
    const found = await (await this.#discovererOf(project)).discover();
    const plan = this.#plan(project, found);
    const changes = await writeOutputs(project, plan.outputs);
    const stamps = new OutputStamps();
    stamps.note(plan.outputs.map(({ file }) => file));
    this.#last = { plan, found, stamps };
    return this.#toResult(this.#last, changes);
  }

  /** Like `run`, after these files and no others have changed: absolute paths of sources. */
  async rerun(changed: ReadonlySet<string>): Promise<GenerateResult> {
    const [project, discoverer, last] = [this.#project, this.#discoverer, this.#last];
    if (!project || !discoverer || !last) return this.run();
    this.#last = undefined;
    const found = await discoverer.rediscover(changed);
    const plan = found === last.found ? last.plan : this.#plan(project, found);
    const { stamps } = last;
    const before = { outputs: last.plan.outputs, stamps };
    const changes = await updateOutputs(project, before, plan.outputs);
    this.#last = { plan, found, stamps };
    return this.#toResult(this.#last, changes);
  }

  /** Gets ready for `rerun`, in the background. */
  prepare(): void {
    this.#discoverer?.prepare();
  }

  /** What `run` would write. */
  async plan(): Promise<Plan> {
    const project = await loadProject(this.#options.projectDir);
    return this.#plan(project, await (await this.#discovererOf(project)).discover());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#discoverer?.[Symbol.asyncDispose]();
  }

  async #discovererOf(project: Project): Promise<Discoverer> {
    const isSame = JSON.stringify(project) === JSON.stringify(this.#project);
    if (this.#discoverer && isSame) return this.#discoverer;
    await this.#discoverer?.[Symbol.asyncDispose]();
    this.#project = project;
    this.#discoverer = new Discoverer(project, { env: this.#options.env ?? {} });
    return this.#discoverer;
  }

  #toResult(
    { plan, found }: { plan: Plan; found: Discovery },
    changes: WriteResult,
  ): GenerateResult {
    const { project, model } = plan;
    return {
      ...changes,
      project,
      functionCount: model.modules.reduce((count, { functions }) => count + functions.length, 0),
      inputs: found.inputs,
      looseEnds: this.#options.contract === undefined ? [] : looseEnds(model),
    };
  }

  #plan(project: Project, found: Discovery): Plan {
    const { contract } = this.#options;
    const model = buildModel(found);
    const outputs = emit(project, model);
    if (contract !== undefined) outputs.push(...emitContract(model, contract));
    return { project, model, outputs };
  }
}
