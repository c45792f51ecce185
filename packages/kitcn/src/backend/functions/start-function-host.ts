import { createTemporaryFile } from '../storage/temporary-file.ts';
import type { FunctionHost, FunctionHostOptions } from './function-host.ts';
import { WorkerHost } from './worker-host.ts';
import type { WorkerHostOptions } from './worker-host.ts';

/** Loading all the code may take this many times what a query may take. */
const LOADING_FACTOR = 6;

/**
 * Starts a thread that runs functions over one database. Rejects if the database cannot be opened. `:memory:` is a
 * file in a temporary folder, so that the data outlives a thread that had to be stopped; `close` removes it.
 */
export async function startFunctionHost(options: FunctionHostOptions): Promise<FunctionHost> {
  const {
    databaseFile,
    env,
    log,
    durability = 'full',
    transactionTimeoutMs = 5_000,
    actionTimeoutMs = 600_000,
    memoryLimitMb = 512,
  } = options;
  const temporary = databaseFile === ':memory:' ? createTemporaryFile('data.sqlite') : null;
  const setup: WorkerHostOptions['setup'] = {
    databaseFile: temporary?.file ?? databaseFile,
    durability: temporary === null ? durability : 'relaxed',
    env,
    transactionTimeoutMs,
    actionTimeoutMs,
    memoryLimitMb,
    loadTimeoutMs: transactionTimeoutMs * LOADING_FACTOR,
  };
  try {
    return await WorkerHost.start({ setup, log, onClosed: () => temporary?.remove() });
  } catch (error) {
    temporary?.remove();
    throw error;
  }
}
