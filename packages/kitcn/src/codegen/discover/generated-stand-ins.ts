import path from 'node:path';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import type { StandIn, StandIns } from '../../project/stand-ins.ts';
import { emitConvexApi } from '../emit/emit-convex-api.ts';
import { emitConvexServer } from '../emit/emit-convex-server.ts';
import { emitServer } from '../emit/emit-server.ts';

/**
 * Stands in for everything that codegen writes, so that discovery never reads what an earlier run has left. Files whose
 * text depends on nothing stand in as they will be written.
 */
export function generatedStandIns(project: Project): StandIns {
  const fixed = new Map<string, StandIn>([
    ['_generated/api', { contents: emitConvexApi(), loader: 'js' }],
    ['_generated/server', { contents: emitConvexServer(), loader: 'js' }],
    ['generated/server', { contents: emitServer(), loader: 'ts' }],
  ]);
  const apiStem = project.apiFile.replace(/\.ts$/, '');
  return (stem) => {
    if (stem === apiStem) return API;
    const name = toPosix(path.relative(project.functionsDir, stem));
    return /^generated\/.+\.runtime$/.test(name) ? runtimeStandIn(name) : fixed.get(name);
  };
}

/** Any member of `anyApi` is a function reference, as in the generated trees. */
const API: StandIn = {
  contents: `export { anyApi as api, anyApi as internal } from 'convex/server';`,
  loader: 'js',
};

/**
 * Has any export that is asked for. The bundler copies the own properties of a CommonJS module and inherits its prototype,
 * hence the proxy in the prototype. `then` is absent so that a dynamic import resolves.
 */
function runtimeStandIn(name: string): StandIn {
  return {
    contents: `module.exports = Object.create(new Proxy({}, {
  get(target, member) {
    if (typeof member === 'symbol' || member === 'then') return undefined;
    if (member === '__esModule') return true;
    return function refuse() {
      const error = new Error(member + ${JSON.stringify(` of ${name} was called while its module loads. Call it inside a function.`)});
      Error.captureStackTrace(error, refuse);
      throw error;
    };
  },
}));`,
    loader: 'js',
  };
}
