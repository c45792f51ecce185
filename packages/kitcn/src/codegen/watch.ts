import { existsSync } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { SOURCE_EXTENSION, isCandidate } from '../project/entry-points.ts';
import { ProjectError } from '../project/project-error.ts';
import { loadProject } from '../project/project.ts';
import type { Project } from '../project/project.ts';
import { isPackageFile } from '../project/source-name.ts';
import { Generator } from './generator.ts';
import type { GenerateOptions, GenerateResult } from './generator.ts';
import { TEMPORARY_SUFFIX } from './write/write-outputs.ts';

export interface WatchOptions extends GenerateOptions {
  /** Called as a run begins. */
  onStart?: (() => void) | undefined;
  /** Gets the outcome of each run, the first one included. The next run waits for it. */
  onChange: (outcome: GenerateResult | Error) => void | Promise<void>;
}

/** Time without further changes, in milliseconds, before a run starts: editors save in several steps. */
const QUIET = 20;
/** How often, in milliseconds, it is looked for a functions folder that is gone. */
const ABSENT = 200;

/**
 * Generates now and after each change of the functions or of anything they import, until closed. Resolves after the first
 * run. Rejects only if there is no project; a run that fails goes to `onChange`.
 */
export async function watchProject(options: WatchOptions): Promise<{ close(): Promise<void> }> {
  const watcher = new ProjectWatcher(options, await loadProject(options.projectDir));
  await watcher.start();
  return watcher;
}

class ProjectWatcher {
  readonly #options: WatchOptions;
  readonly #files: FSWatcher;
  readonly #watched = new Set<string>();
  readonly #generator: Generator;
  #project: Project;
  /** What the last run has read; `undefined` if it failed. */
  #inputs: ReadonlySet<string> | undefined;
  /** What has changed since the last run began: sources that it has read, or who knows what. */
  #changed: Set<string> | 'anything' = 'anything';
  #timer: NodeJS.Timeout | undefined;
  #isDirty = false;
  #isClosed = false;
  #running: Promise<void> | undefined;

  constructor(options: WatchOptions, project: Project) {
    this.#options = options;
    this.#project = project;
    this.#generator = new Generator(options);
    this.#files = watch([], {
      ignoreInitial: true,
      ignored: (file, stats) => this.#isIgnored(file, stats?.isFile() === true),
    });
    // Events of files only: the folders that hold the outputs appear during the first run.
    this.#files.on('add', () => this.#note('anything'));
    this.#files.on('unlink', () => this.#note('anything'));
    this.#files.on('change', (file) => this.#noteChange(file));
    this.#files.on('error', (error) => void options.onChange(toError(error)));
  }

  async start(): Promise<void> {
    const ready = new Promise<void>((resolve) => this.#files.once('ready', resolve));
    this.#watch(this.#settings());
    this.#watchFolder();
    await ready;
    await this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#files.close();
    await this.#running;
    await this.#generator[Symbol.asyncDispose]();
  }

  #settings(): string[] {
    const { root } = this.#project;
    return [path.join(root, 'convex.json'), path.join(root, 'tsconfig.json')];
  }

  /** Code beside the functions is watched too, so that a file that an import lacks is noticed when it appears. */
  #watchFolder(): void {
    const { root, functionsDir } = this.#project;
    const parent = path.dirname(functionsDir);
    this.#watch([parent === root ? functionsDir : parent]);
  }

  #watch(files: readonly string[]): void {
    const added = files.filter((file) => !this.#watched.has(file));
    for (const file of added) this.#watched.add(file);
    if (added.length > 0) this.#files.add(added);
  }

  /** A file that no module imports may change as it likes, unless it may become a module, as one that was empty. */
  #noteChange(file: string): void {
    if (this.#inputs === undefined || this.#settings().includes(file)) this.#note('anything');
    else if (this.#inputs.has(file)) this.#note(file);
    else if (this.#mayBecomeModule(file)) this.#note('anything');
  }

  #mayBecomeModule(file: string): boolean {
    const isInside = file.startsWith(this.#project.functionsDir + path.sep);
    return isInside && isCandidate(file, this.#project);
  }

  #note(change: string): void {
    if (change === 'anything') this.#changed = change;
    else if (this.#changed !== 'anything') this.#changed.add(change);
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), QUIET);
  }

  /** One run at a time; what changes meanwhile gives one more run after it. */
  async #run(): Promise<void> {
    this.#isDirty = true;
    this.#running ??= this.#runWhileDirty().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #runWhileDirty(): Promise<void> {
    while (this.#isDirty && !this.#isClosed) {
      this.#isDirty = false;
      const changed = this.#changed;
      this.#changed = new Set();
      this.#options.onStart?.();
      const outcome = await this.#generate(changed).catch(toError);
      if (this.#isClosed) return;
      this.#follow(outcome);
      await this.#options.onChange(outcome);
      if (!(outcome instanceof Error)) this.#generator.prepare();
    }
  }

  #generate(changed: ReadonlySet<string> | 'anything'): Promise<GenerateResult> {
    return changed === 'anything' ? this.#generator.run() : this.#generator.rerun(changed);
  }

  /** Watches what the run has read. */
  #follow(outcome: GenerateResult | Error): void {
    if (outcome instanceof ProjectError && outcome.file !== undefined) {
      this.#watch([path.resolve(this.#project.root, outcome.file)]);
    }
    this.#inputs = outcome instanceof Error ? undefined : new Set(outcome.inputs);
    if (outcome instanceof Error) {
      if (!existsSync(this.#project.functionsDir)) this.#awaitFolder();
      return;
    }
    this.#project = outcome.project;
    this.#watchFolder();
    this.#watch(outcome.inputs.filter((input) => !isPackageFile(input)));
  }

  /** A folder that is gone is not watched any more, nor is what was in it; it may come back with another branch. */
  #awaitFolder(): void {
    this.#watched.clear();
    const look = setInterval(() => {
      if (!this.#isClosed && !existsSync(this.#project.functionsDir)) return;
      clearInterval(look);
      if (this.#isClosed) return;
      this.#watch(this.#settings());
      this.#watchFolder();
      this.#note('anything');
    }, ABSENT);
  }

  #isIgnored(file: string, isFile: boolean): boolean {
    const { functionsDir, apiFile } = this.#project;
    const name = path.basename(file);
    if (file === apiFile || name.endsWith(TEMPORARY_SUFFIX) || name === 'node_modules') return true;
    if (name.startsWith('.') && file !== this.#project.root) return true;
    const [top] = path.relative(functionsDir, file).split(path.sep);
    if (top === 'generated' || top === '_generated') return true;
    return (
      isFile && !SOURCE_EXTENSION.test(name) && !name.endsWith('.json') && !this.#watched.has(file)
    );
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
