import { SOURCE_EXTENSION } from '../project/entry-points.ts';
import type { ModuleNamespace } from '../project/module-realm.ts';
import { TestError } from './test-error.ts';

/** The modules of a functions folder by path, each with what loads it: what `import.meta.glob` gives. */
export type TestModules = Readonly<Record<string, () => Promise<unknown>>>;

export interface LoadedModules {
  /** By their names without extension: `items/queries`. */
  namespaces: ReadonlyMap<string, ModuleNamespace>;
  /** Why others could not be loaded, by their names. */
  failures: ReadonlyMap<string, unknown>;
}

const loaded = new WeakMap<TestModules, Promise<LoadedModules>>();

/**
 * Loads the modules that Convex would deploy, each glob once. One that does not load is no matter until a test calls a
 * function of it.
 */
export function loadTestModules(modules: TestModules): Promise<LoadedModules> {
  const known = loaded.get(modules) ?? loadAll(modules);
  loaded.set(modules, known);
  return known;
}

async function loadAll(modules: TestModules): Promise<LoadedModules> {
  if (Object.values(modules).some((load) => typeof load !== 'function')) {
    throw new TestError(
      'NOT_SUPPORTED',
      'The glob of modules has the modules themselves. Call import.meta.glob without `eager`.',
    );
  }
  const namespaces = new Map<string, ModuleNamespace>();
  const failures = new Map<string, unknown>();
  const loading = Object.entries(deployable(modules)).map(async ([name, load]) => {
    try {
      // A namespace is an object with string keys.
      namespaces.set(name, (await load()) as ModuleNamespace);
    } catch (error) {
      failures.set(name, error);
    }
  });
  await Promise.all(loading);
  return { namespaces, failures };
}

/** Loaders by module names: generated code, tests, and whatever else Convex does not take for a module is left out. */
function deployable(modules: TestModules): TestModules {
  const root = rootOf(Object.keys(modules));
  const entries = Object.entries(modules).flatMap(([path, load]) => {
    const file = path.slice(root.length);
    const name = file.replace(SOURCE_EXTENSION, '');
    const isModule =
      path.startsWith(root) &&
      SOURCE_EXTENSION.test(file) &&
      !/^(?:_generated|generated|_deps)\//.test(file) &&
      (name === 'auth.config' || !/\.[^/]*$/.test(name));
    return isModule ? [[name, load] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The functions folder: the one with `_generated` in it, else the one that all paths share. */
function rootOf(paths: readonly string[]): string {
  const generated = paths.find((path) => path.includes('_generated/'));
  if (generated !== undefined) return generated.slice(0, generated.indexOf('_generated/'));
  const [first, ...others] = paths;
  if (first === undefined) {
    throw new TestError(
      'NO_MODULES',
      'The glob of modules is empty. Call import.meta.glob("./**/*.*s") in a file at the root of the functions folder.',
    );
  }
  let root = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of others) {
    while (!path.startsWith(root)) root = root.slice(0, root.lastIndexOf('/', root.length - 2) + 1);
  }
  return root;
}
