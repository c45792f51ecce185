import path from 'node:path';
import type { OnResolveResult, Plugin } from 'esbuild';
import { SOURCE_EXTENSION } from './entry-points.ts';
import type { Project } from './project.ts';

export interface StandIn {
  contents: string;
  loader: 'js' | 'ts';
}

/**
 * Gives the text to bundle in place of a generated file, whether that file exists or not; `undefined` for all other files.
 * The argument is an absolute path without extension.
 */
export type StandIns = (stem: string) => StandIn | undefined;

/** What esbuild puts before the paths of stand-ins, followed by a colon. */
export const STAND_IN_NAMESPACE = 'stand-in';

/** What can name a generated file: a path through `_generated/` or `generated/`, or one that ends in `api`. */
const CANDIDATE = /(?:^|\/)_?generated\/|(?:^|\/)api(?:\.[jt]s)?$/;

/** Serves stand-ins to esbuild. Their imports are resolved from the functions folder. */
export function standInsPlugin(project: Project, standIns: StandIns): Plugin {
  const namespace = STAND_IN_NAMESPACE;
  const serve = (stem: string): OnResolveResult | undefined =>
    standIns(stem) === undefined ? undefined : { path: stem, namespace };

  return {
    name: 'kitcn-stand-ins',
    setup(build) {
      build.onResolve({ filter: CANDIDATE }, async (args) => {
        if (args.pluginData === namespace || args.kind === 'entry-point') return undefined;
        if (/^\.{0,2}\//.test(args.path)) {
          return serve(path.resolve(args.resolveDir, args.path).replace(SOURCE_EXTENSION, ''));
        }
        const { kind, importer, resolveDir } = args;
        const found = await build.resolve(args.path, {
          kind,
          importer,
          resolveDir,
          pluginData: namespace,
        });
        if (found.errors.length === 0) {
          const served =
            found.namespace === 'file'
              ? serve(found.path.replace(SOURCE_EXTENSION, ''))
              : undefined;
          return (
            served ?? {
              path: found.path,
              namespace: found.namespace,
              external: found.external,
              sideEffects: found.sideEffects,
            }
          );
        }
        return serve(missingAliasTarget(args.path, project));
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path: stem }) => {
        const standIn = standIns(stem);
        return standIn && { ...standIn, resolveDir: project.functionsDir };
      });
    },
  };
}

/** esbuild resolves a path alias only to a file that exists, so what the alias would have led to is told by its tail. */
function missingAliasTarget(specifier: string, project: Project): string {
  const withoutExtension = specifier.replace(SOURCE_EXTENSION, '');
  if (withoutExtension === '@convex/api') return project.apiFile.replace(SOURCE_EXTENSION, '');
  const tail = /(?:^|\/)(_?generated\/.*)$/.exec(withoutExtension)?.[1];
  return path.join(project.functionsDir, tail ?? '');
}
