import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

// Threads of unit tests run bundles of the sources, as the package's do. Node itself would strip the types with
// WebAssembly, in each of the hundreds of threads that such a process starts one after the other, and now and then V8
// does not survive that: https://github.com/nodejs/node/issues/64500. Bundles load faster, too.

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the bundles, laid out as the sources are. */
    threadBundles: string;
  }
}

const SOURCES = path.resolve(import.meta.dirname, '../../packages/kitcn/src');
const MODULES = [
  'backend/functions/worker-main.ts',
  'codegen/discover/inspect-worker.ts',
  'project/locate-error.ts',
  'project/module-realm.ts',
];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-threads-'));
  const bundle = async (): Promise<void> => {
    await build({
      entryPoints: MODULES.map((module) => path.join(SOURCES, module)),
      outbase: SOURCES,
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      logLevel: 'error',
    });
  };
  await bundle();
  project.provide('threadBundles', folder);
  project.onTestsRerun(bundle);
  return () => rm(folder, { recursive: true, force: true });
}
