import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFunctions } from '../project/bundle-functions.ts';
import type { FunctionsBundle } from '../project/bundle.ts';
import type { ModuleNamespace } from '../project/module-realm.ts';
import { loadProject } from '../project/project.ts';
import type { LoadedModules } from './test-modules.ts';

const projects = new Map<string, Promise<LoadedModules>>();

/**
 * Bundles the functions of a project and loads them into this process, once. Their modules are not those that a test
 * imports, so what a test does to its own (mocks, closures) does not reach them.
 */
export function loadProjectModules(projectDir: string): Promise<LoadedModules> {
  const folder = path.resolve(projectDir);
  const known = projects.get(folder) ?? loadAll(folder);
  projects.set(folder, known);
  return known;
}

async function loadAll(folder: string): Promise<LoadedModules> {
  const bundle = await bundleFunctions(await loadProject(folder));
  const temporary = await mkdtemp(path.join(tmpdir(), 'kitcn-test-'));
  try {
    await writeModules(temporary, bundle);
    const namespaces = new Map<string, ModuleNamespace>();
    for (const entry of bundle.entries) {
      const url = pathToFileURL(path.join(temporary, `${entry}.js`)).href;
      // A namespace is an object with string keys.
      namespaces.set(entry, (await import(/* @vite-ignore */ url)) as ModuleNamespace);
    }
    return { namespaces, failures: new Map() };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function writeModules(folder: string, { modules }: FunctionsBundle): Promise<void> {
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const { path: name, source } of modules) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, source);
  }
}
