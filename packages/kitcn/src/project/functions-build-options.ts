import type { BuildOptions, Plugin } from 'esbuild';
import type { Project } from './project.ts';

/** How Convex's own bundler builds functions, however many outputs are made of them. */
export function functionsBuildOptions(project: Project, plugins: readonly Plugin[]): BuildOptions {
  return {
    absWorkingDir: project.root,
    // Nothing is written: the folder only makes the paths in source maps relative to the sources.
    outdir: project.functionsDir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'esnext',
    jsx: 'automatic',
    conditions: ['convex', 'module'],
    keepNames: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
    plugins: [serverOnlyPlugin, ...plugins],
  };
}

/** `server-only` is a marker for Next.js that has no file to bundle here. Convex's bundler leaves it out too. */
const serverOnlyPlugin: Plugin = {
  name: 'kitcn-server-only',
  setup(build) {
    build.onResolve({ filter: /^server-only$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'server-only',
    }));
    build.onLoad({ filter: /.*/, namespace: 'server-only' }, () => ({ contents: '' }));
  },
};
