import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const BUILT_IN = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);

/**
 * Bundles as Convex does for modules that say "use node": packages as they are for Node, and Node's own modules left to
 * the realm, whose `require` has them.
 */
export function nodeRuntimePlugin(): Plugin {
  const namespace = 'kitcn-node';
  return {
    name: namespace,
    setup(build) {
      build.initialOptions.platform = 'node';
      build.onResolve({ filter: BUILT_IN }, ({ path }) => ({ path, namespace }));
      // By way of the global, which esbuild takes for no import.
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `module.exports = globalThis.require(${JSON.stringify(path)});`,
      }));
    },
  };
}
