import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AnalyzedFunction } from '../../project/analyze.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { ProjectError } from '../../project/project-error.ts';
import type { InspectionMessage, InspectionRequest } from './inspection.ts';

/** How long one module may keep the worker busy while it loads, in milliseconds. */
const LOAD_LIMIT = 5_000;
const TOO_LONG = `Did not finish loading within ${LOAD_LIMIT / 1000} seconds. Is there an endless loop?`;

/** Loads the modules of a bundle in a worker and tells their functions by entry point. */
export async function inspectBundle(
  bundle: FunctionsBundle,
  env: Readonly<Record<string, string>>,
): Promise<Map<string, AnalyzedFunction[]>> {
  const request: InspectionRequest = { bundle, env: { ...env } };
  const script = new URL(`./inspect-worker${path.extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(script, {
    workerData: request,
    execArgv: ['--experimental-vm-modules'],
    // What modules print while they load is of no use here, and would mix with the output of commands.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  try {
    return await result(worker, bundle);
  } finally {
    await worker.terminate();
  }
}

function result(worker: Worker, bundle: FunctionsBundle): Promise<Map<string, AnalyzedFunction[]>> {
  let running: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const settled = new Promise<Map<string, AnalyzedFunction[]>>((resolve, reject) => {
    const fail = (text: string): void => {
      reject(new ProjectError('MODULE_NEVER_ENDS', text, { at: sourceOf(running, bundle) }));
    };
    worker.on('message', (message: InspectionMessage) => {
      clearTimeout(timer);
      if (message.type === 'done') return resolve(new Map(message.functions));
      if (message.type === 'failed') {
        const at = message.at ?? sourceOf(message.module, bundle);
        return reject(new ProjectError(message.code, message.text, { at }));
      }
      running = message.module;
      timer = setTimeout(fail, LOAD_LIMIT, TOO_LONG);
    });
    // Thrown by a timer or a promise that nobody waits for.
    worker.on('error', (error) => {
      const at = sourceOf(running, bundle);
      reject(new ProjectError('MODULE_FAILED', String(error), { at, cause: error }));
    });
    worker.on('exit', () => fail('Waits while loading for something that never happens.'));
  });
  return settled.finally(() => clearTimeout(timer));
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
  const file = sources.findLast((source) => !source.includes('node_modules/'));
  return file === undefined ? undefined : { file };
}
