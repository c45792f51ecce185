import { BackendError } from '../backend/backend-error.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import { startBackend } from '../backend/server.ts';
import type { Backend, BackendOptions } from '../backend/server.ts';
import type { GenerateResult } from '../codegen/generate.ts';
import { ProjectError } from '../project/project-error.ts';
import type { CommandContext } from './command.ts';
import { codegenSummary } from './ui/codegen-summary.ts';
import { problemText } from './ui/problem-text.ts';

const STALE_CODE = 'kitcn dev: this is the code from before the last save, which failed';

/** Keeps a deployment in step with its project, from the first save that works to the end of `kitcn dev`. */
export class DevSession implements AsyncDisposable {
  readonly #terminal: Pick<CommandContext, 'stdout' | 'stderr'>;
  readonly #updates = new SerialQueue();
  #options: BackendOptions;
  #backend: Backend | undefined;

  constructor(terminal: Pick<CommandContext, 'stdout' | 'stderr'>, options: BackendOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  /** The code generator begins: what it will very likely not change is bundled beside it. Ends with `update`. */
  beginUpdate(): void {
    this.#backend?.beginPush();
  }

  /**
   * Deploys the project after a run of the code generator. What is wrong is told, `false` is the answer, and the code
   * that ran before keeps running. Throws only if there is no backend and cannot be one, as when its port is in use.
   */
  update(outcome: GenerateResult | Error): Promise<boolean> {
    return this.#updates.run(() => this.#update(outcome));
  }

  /** Lets functions see other variables. What is wrong is told, and the ones from before stay. */
  setEnv(env: Record<string, string>): Promise<void> {
    return this.#updates.run(async () => {
      const { stderr } = this.#terminal;
      try {
        await this.#backend?.setEnv(env);
        this.#options = { ...this.#options, env };
        if (this.#backend) stderr.write('environment variables read again\n');
      } catch (error) {
        stderr.write(`${problemText(error)}\nThe variables from before this change stay.\n`);
      }
    });
  }

  async #update(outcome: GenerateResult | Error): Promise<boolean> {
    const { stderr } = this.#terminal;
    try {
      if (outcome instanceof Error) throw outcome;
      stderr.write(`${codegenSummary(outcome)}\n`);
      await this.#deploy([...outcome.written, ...outcome.removed]);
      this.#backend?.preparePush();
      return true;
    } catch (error) {
      if (this.#backend === undefined && !isAboutTheProject(error)) throw error;
      stderr.write(`${problemText(error)}\n`);
      if (this.#backend) stderr.write('The code from before this change keeps running.\n');
      this.#backend?.warn(`${STALE_CODE}: ${problemText(error)}`);
      return false;
    }
  }

  async #deploy(written: readonly string[]): Promise<void> {
    const { stdout, stderr } = this.#terminal;
    if (this.#backend) {
      await this.#backend.push({ written });
      stderr.write('deployed\n');
      return;
    }
    this.#backend = await startBackend(this.#options);
    stderr.write('deployed; for the .env file of the app:\n');
    stdout.write(`NEXT_PUBLIC_CONVEX_URL=${this.#backend.url}\n`);
    stdout.write(`NEXT_PUBLIC_CONVEX_SITE_URL=${this.#backend.siteUrl}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend?.close();
  }
}

/** The next save may mend it: the code does not load (`ProjectError`), or the backend refuses the push as a bad request. */
function isAboutTheProject(error: unknown): boolean {
  return error instanceof ProjectError || (error instanceof BackendError && error.status === 400);
}
