import { Worker } from 'node:worker_threads';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { ProjectError } from '../../project/project-error.ts';
import type { ProjectErrorCode } from '../../project/project-error.ts';
import { isPackageFile } from '../../project/source-name.ts';
import { threadModule } from '../../project/thread-module.ts';
import type {
  InspectedModule,
  InspectionMessage,
  InspectionRequest,
  InspectorOptions,
} from './inspection.ts';

/** How long one module may keep the worker busy while it loads, in milliseconds. */
const LOAD_LIMIT = 5_000;
const TOO_LONG = `Did not finish loading within ${LOAD_LIMIT / 1000} seconds. Is there an endless loop?`;

type Inspected = Map<string, InspectedModule>;

/** An inspection that the worker has been asked for. */
interface Pending {
  bundle: FunctionsBundle;
  resolve(inspected: Inspected): void;
  reject(error: ProjectError): void;
  running: string | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** A worker with one realm that loads bundles and tells what functions their modules export. */
export class Inspector implements AsyncDisposable {
  readonly #worker: Worker;
  #pending: Pending | undefined;

  constructor(options: InspectorOptions) {
    this.#worker = new Worker(threadModule('inspect-worker', import.meta.url), {
      workerData: options,
      // Most of what modules make while they load is kept, so room for what is not only costs memory.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
      execArgv: ['--experimental-vm-modules'],
      // What modules print while they load is of no use here, and would mix with the output of commands.
      stdout: true,
      stderr: true,
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (message: InspectionMessage) => this.#hear(message));
    // The thread itself could not go on: it is out of memory, or its own code is broken.
    this.#worker.on('error', (error) => this.#fail('MODULE_FAILED', String(error)));
    this.#worker.on('exit', () => {
      this.#fail('MODULE_NEVER_ENDS', 'Waits while loading for something that never happens.');
    });
    this.#worker.unref();
  }

  /** Rejects with a `ProjectError` when a module does not load. One inspection at a time. */
  async inspect(request: InspectionRequest): Promise<Inspected> {
    const { bundle } = request;
    try {
      return await new Promise<Inspected>((resolve, reject) => {
        this.#pending = { bundle, resolve, reject, running: undefined, timer: undefined };
        this.#limit(this.#pending);
        this.#worker.postMessage(request);
      });
    } finally {
      clearTimeout(this.#pending?.timer);
      this.#pending = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: InspectionMessage): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (message.type === 'done') {
      pending.resolve(new Map(message.modules));
    } else if (message.type === 'failed') {
      const at = message.at ?? sourceOf(message.module, pending.bundle);
      pending.reject(new ProjectError(message.code, message.text, { at }));
    } else {
      pending.running = message.module;
      this.#limit(pending);
    }
  }

  #limit(pending: Pending): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#fail('MODULE_NEVER_ENDS', TOO_LONG), LOAD_LIMIT);
  }

  #fail(code: ProjectErrorCode, text: string): void {
    const pending = this.#pending;
    const at = pending && sourceOf(pending.running, pending.bundle);
    pending?.reject(new ProjectError(code, text, { at }));
  }
}

/** The user's file behind a bundled module: the last one that esbuild put into it, which imports the others. */
function sourceOf(
  module: string | undefined,
  bundle: FunctionsBundle,
): { file: string } | undefined {
  const map = bundle.modules.find((candidate) => candidate.path === module)?.sourceMap;
  if (map === null || map === undefined) return undefined;
  // Written by the bundler, so its shape is known.
  const { sources } = JSON.parse(map) as { sources: string[] };
  const file = sources.findLast((source) => !isPackageFile(source));
  return file === undefined ? undefined : { file };
}
