import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { FunctionsBundle } from './bundle.ts';
import { locateError, mapFrames, mapTraces } from './locate-error.ts';

const SOURCE = `interface Removed {
  a: string;
}
export function handler(): never {
  throw new Error('boom');
}`;

async function bundleOf(file: string): Promise<{ bundle: FunctionsBundle; line: number }> {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, loader: 'ts', sourcefile: file },
    sourcemap: 'external',
    sourceRoot: '',
    outfile: 'out.js',
    write: false,
  });
  const [map, code] = outputFiles;
  const source = code?.text ?? '';
  const line = source.split('\n').findIndex((text) => text.includes('throw')) + 1;
  const module = { path: 'deep/out.js', source, sourceMap: map?.text ?? null };
  return { bundle: { entries: [], modules: [module], inputs: [] }, line };
}

function thrownAt(...frames: string[]): Error {
  const error = new Error('boom');
  error.stack = ['Error: boom', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

test('a frame of the bundle leads to the source', async () => {
  const { bundle, line } = await bundleOf('convex/teams.ts');
  const error = thrownAt(
    'node:internal/x:1:1',
    `async handler (functions://deep/out.js:${line}:9)`,
    `functions://deep/out.js:${line}:9`,
  );
  expect(locateError(error, bundle)).toEqual({ file: 'convex/teams.ts', line: 5, column: 9 });
  expect(mapFrames(error, bundle)).toEqual([
    '    at handler (convex/teams.ts:5:9)',
    '    at convex/teams.ts:5:9',
  ]);
});

test('the user’s own code comes before that of packages', async () => {
  const { bundle, line } = await bundleOf('node_modules/zod/index.ts');
  const plain = { path: 'app.js', source: '', sourceMap: null };
  const both = { ...bundle, modules: [...bundle.modules, plain] };
  const inPackage = `functions://deep/out.js:${line}:9`;
  expect(locateError(thrownAt(inPackage, 'functions://app.js:3:4'), both)).toEqual({
    file: 'app.js',
    line: 3,
    column: 4,
  });
  expect(locateError(thrownAt(inPackage), both)?.file).toContain('node_modules/zod');
});

test('what has no frame in the bundle has no place', async () => {
  const { bundle } = await bundleOf('convex/teams.ts');
  for (const thrown of [thrownAt('node:internal/x:1:1'), 'text', null, { stack: 1 }]) {
    expect(locateError(thrown, bundle)).toBeNull();
    expect(mapFrames(thrown, bundle)).toEqual([]);
  }
});

test('traces in a text lead to the sources; the rest of the text stays', async () => {
  const { bundle, line } = await bundleOf('convex/teams.ts');
  const place = `functions://deep/out.js:${line}:9`;
  const printed = `[ERROR] 'saw' Error: boom
    at handler (${place})
    at run (node:internal/x:1:1) {
  code: 7,
  [cause]: Error: its cause
      at async ${place}
      at run (node:internal/x:1:1)
}`;
  expect(mapTraces(printed, bundle)).toBe(`[ERROR] 'saw' Error: boom
    at handler (convex/teams.ts:5:9) {
  code: 7,
  [cause]: Error: its cause
      at convex/teams.ts:5:9
}`);
  const plain = 'a list:\n  at home (1:2)';
  expect(mapTraces(plain, bundle)).toBe(plain);
});
