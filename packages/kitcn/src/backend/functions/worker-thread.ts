import { Worker } from 'node:worker_threads';
import { threadModule } from '../../project/thread-module.ts';
import { hasCode } from '../../shared/has-code.ts';
import { BackendError } from '../backend-error.ts';
import { Activity } from './activity.ts';
import { portsOf } from './http-body.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-protocol.ts';

export interface WorkerThreadEvents {
  onMessage(message: FromWorker): void;
  /** The thread, which was ready, is gone; with an error if it had one. All its messages have arrived. */
  onExit(error: Error | null): void;
}

export interface ThreadSetup extends Omit<WorkerSetup, 'activity'> {
  /** What its heap may hold, in megabytes, before it is ended. */
  readonly memoryLimitMb: number;
}

/** Whether a thread ended because its heap was full. */
export function isOutOfMemory(error: Error | null): boolean {
  return hasCode(error, 'ERR_WORKER_OUT_OF_MEMORY');
}

/** One function thread, from its start to its end. */
export class WorkerThread {
  readonly activity: Activity = new Activity();
  /** Resolves when it takes requests; rejects if it ended before. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;

  constructor(setup: ThreadSetup, events: WorkerThreadEvents) {
    const { memoryLimitMb, ...data } = setup;
    const workerData: WorkerSetup = { ...data, activity: this.activity.memory };
    this.#worker = new Worker(threadModule('worker-main', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
      execArgv: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    });
    let lastError: Error | null = null;
    let isReady = false;
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.type === 'startFailure') {
          const { status, code, message: text } = message.error;
          reject(new BackendError(status, code, text));
        } else if (message.type === 'ready') {
          isReady = true;
          resolve();
        } else events.onMessage(message);
      });
      this.#worker.on('error', (error: Error) => {
        lastError = error;
      });
      this.#worker.on('exit', (code) => {
        if (isReady) events.onExit(lastError);
        else reject(lastError ?? new ThreadEnded(`The function thread ended with code ${code}`));
      });
    });
    this.ready.catch(() => {});
  }

  send(message: ToWorker): void {
    const { request } = message;
    const ports = request.type === 'http' ? portsOf(request.request.body) : [];
    this.#worker.postMessage(message, ports);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}
