import type { FunctionsBundle } from '../../project/bundle.ts';
import { EMPTY_DEPLOYMENT } from './deployment.ts';
import type { CronRunner } from '../scheduler/cron-runner.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { readEnvironment, writeEnvironment } from '../storage/environment-rows.ts';
import { changeEnvironment } from './environment-change.ts';
import type { EnvironmentChange } from './environment-change.ts';
import type { Executor } from './executor.ts';
import type { PushResult } from './function-host.ts';
import { SerialQueue } from '../../shared/serial-queue.ts';

export interface RunningCodeParts {
  executor: Executor;
  scheduler: Scheduler;
  crons: CronRunner;
  /** What `process.env` shows, unless the deployment has a variable of that name. */
  env: Readonly<Record<string, string>>;
}

/**
 * The code that runs and the environment that it sees. Each change of either loads the code anew beside the running one,
 * which stays if that fails; one change at a time.
 */
export class RunningCode {
  readonly #parts: RunningCodeParts;
  readonly #changes = new SerialQueue();
  #env: Readonly<Record<string, string>>;
  #bundle: FunctionsBundle = EMPTY_DEPLOYMENT.bundle;

  constructor(parts: RunningCodeParts) {
    this.#parts = parts;
    this.#env = parts.env;
  }

  get bundle(): FunctionsBundle {
    return this.#bundle;
  }

  push(bundle: FunctionsBundle): Promise<PushResult> {
    return this.#changes.run(async () => {
      const result = await this.#load(bundle, this.#env, await this.#readVariables());
      this.#bundle = bundle;
      return result;
    });
  }

  /** Replaces what `process.env` shows besides the variables of the deployment. */
  setEnv(env: Readonly<Record<string, string>>): Promise<PushResult> {
    return this.#changes.run(async () => {
      const result = await this.#load(this.#bundle, env, await this.#readVariables());
      this.#env = env;
      return result;
    });
  }

  /** Changes the variables of the deployment, and keeps them if the code loads with them. */
  changeVariables(changes: readonly EnvironmentChange[]): Promise<PushResult> {
    return this.#changes.run(async () => {
      const variables = changeEnvironment(await this.#readVariables(), changes);
      const result = await this.#load(this.#bundle, this.#env, variables);
      await this.#parts.executor.transactions.write(({ transaction }) =>
        writeEnvironment(transaction.connection, variables),
      );
      return result;
    });
  }

  #readVariables(): Promise<Record<string, string>> {
    return this.#parts.executor.transactions.write(({ transaction }) =>
      readEnvironment(transaction.connection),
    );
  }

  async #load(
    bundle: FunctionsBundle,
    env: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, string>>,
  ): Promise<PushResult> {
    const { executor, scheduler, crons } = this.#parts;
    const result = await executor.push(bundle, { ...env, ...variables });
    await crons.deploy(executor.crons);
    scheduler.start();
    return result;
  }
}
