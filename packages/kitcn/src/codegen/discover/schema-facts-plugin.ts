import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Globals of the realm that modules are inspected in, called by what the plugin adds. */
export const BRANDED_HOOK = '__kitcnBranded';
export const BLIND_HOOK = '__kitcnBrandsUnseen';
export const VALIDATOR_HOOK = '__kitcnZodToConvex';

/** Zod 4's `.brand()`, classic and mini, of all its releases: it returns the very schema that it is called on. */
const BRAND_METHODS: readonly [RegExp, string][] = [
  [/\bbrand\(\) \{\s*return this;\s*\}/g, `brand() { return ${BRANDED_HOOK}(this); }`],
  [/\binst\.brand = \(\) => inst;/g, `inst.brand = () => ${BRANDED_HOOK}(inst);`],
];

/**
 * Lets the inspecting worker see what schemas do not show: that `.brand()` was called, and through the bundle's own
 * `convex-helpers`, the table of a `zid`.
 */
export function schemaFactsPlugin(): Plugin {
  return {
    name: 'kitcn-schema-facts',
    setup(build) {
      build.onLoad(
        { filter: /[\\/]zod[\\/]v4[\\/](?:classic|mini)[\\/]schemas\.js$/ },
        async (file) => {
          const original = await readFile(file.path, 'utf8');
          const contents = BRAND_METHODS.reduce(
            (source, [method, hooked]) => source.replace(method, hooked),
            original,
          );
          // A Zod whose `.brand()` looks unlike all those that are known.
          const blind = contents === original ? `${BLIND_HOOK}();\n` : '';
          return { contents: blind + contents, loader: 'js' };
        },
      );
      build.onLoad({ filter: /[\\/]convex-helpers[\\/]server[\\/]zod4\.js$/ }, async (file) => ({
        contents: `${await readFile(file.path, 'utf8')}\n${VALIDATOR_HOOK}(zodToConvex);\n`,
        loader: 'js',
      }));
    },
  };
}
