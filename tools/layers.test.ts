import { describe, expect, test } from 'vitest';
import { importGraph, reach, valueCycles } from './import-graph.ts';
import { layerProblems } from './layer-rules.ts';
import { moduleImports } from './module-imports.ts';

function graphOf(files: Record<string, string>) {
  return importGraph(new Map(Object.entries(files)));
}

describe('moduleImports', () => {
  test.each<[string, { specifier: string; isType: boolean }[]]>([
    [`import './a.ts';`, [{ specifier: './a.ts', isType: false }]],
    [`import a, { b as c } from './a.ts';`, [{ specifier: './a.ts', isType: false }]],
    [`import * as a from "./a.ts";`, [{ specifier: './a.ts', isType: false }]],
    [`import {\n  a,\n  type B,\n} from './a.ts';`, [{ specifier: './a.ts', isType: false }]],
    [`import type { A } from './a.ts';`, [{ specifier: './a.ts', isType: true }]],
    [`export { a } from './a.ts';`, [{ specifier: './a.ts', isType: false }]],
    [`export * from './a.ts';`, [{ specifier: './a.ts', isType: false }]],
    [`export type { A } from './a.ts';`, [{ specifier: './a.ts', isType: true }]],
    [`const a = await import('./a.ts');`, [{ specifier: './a.ts', isType: false }]],
    [`type A = typeof import('./a.ts');`, [{ specifier: './a.ts', isType: true }]],
    [`export const a = 1;\nconst from = './b.ts';`, []],
    [`export const a = 'x';`, []],
    [`// import './a.ts';\n/*\nimport './b.ts';\n*/`, []],
    ['const code = `\nimport "./a.ts";\n`;', []],
    [
      'const code = `a ${f({ b: `\nimport "./a.ts";` })}\nimport "./b.ts";`;\nimport "./c.ts";',
      [{ specifier: './c.ts', isType: false }],
    ],
    [
      'const code = `\\`\nimport "./a.ts";`;\nimport "./c.ts";',
      [{ specifier: './c.ts', isType: false }],
    ],
    [
      "const quote = /['\"`/]/g;\nimport './a.ts';\nconst rest = 1 / 2 / 3;\nimport './b.ts';",
      [
        { specifier: './a.ts', isType: false },
        { specifier: './b.ts', isType: false },
      ],
    ],
  ])('%j', (source, imports) => {
    expect(moduleImports(source)).toEqual(imports);
  });
});

describe('the graph', () => {
  test('finds value cycles and overlooks those of types', () => {
    const graph = graphOf({
      'wire/a.ts': `import './b.ts';`,
      'wire/b.ts': `import './c.ts';`,
      'wire/c.ts': `import './a.ts';`,
      'wire/d.ts': `import type { E } from './e.ts';`,
      'wire/e.ts': `import './d.ts';`,
    });
    expect(valueCycles(graph)).toEqual([['wire/a.ts', 'wire/b.ts', 'wire/c.ts', 'wire/a.ts']]);
  });

  test('reaches over values only, by the shortest way', () => {
    const graph = graphOf({
      'entries/a.ts': `import '../wire/b.ts';\nimport '../wire/c.ts';`,
      'wire/b.ts': `import './c.ts';\nimport type { D } from './d.ts';`,
      'wire/c.ts': '',
      'wire/d.ts': '',
    });
    expect([...reach(graph, 'entries/a.ts').values()]).toEqual([
      ['entries/a.ts'],
      ['entries/a.ts', 'wire/b.ts'],
      ['entries/a.ts', 'wire/c.ts'],
    ]);
  });
});

describe('layerProblems', () => {
  test('allows the way down, the side doors, and a room of its own', () => {
    const graph = graphOf({
      'shared/a.ts': '',
      'errors/b.ts': `import '../shared/a.ts';`,
      'wire/c.ts': `import '../errors/b.ts';\nimport './d.ts';`,
      'wire/d.ts': '',
      'backend/e.ts': `import 'node:fs';\nimport { x } from '../project/f.ts';`,
      'project/f.ts': `import 'node:path';`,
      'entries/server.ts': `export { c } from '../wire/c.ts';`,
      'entries/backend.ts': `export { e } from '../backend/e.ts';`,
    });
    expect(layerProblems(graph)).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'the way up, for a type too',
      { 'wire/a.ts': `import type { B } from '../caller/b.ts';`, 'caller/b.ts': '' },
      /^wire\/a\.ts imports caller\/b\.ts: "wire" \(level 1\) may not know "caller" \(level 3\)/,
    ],
    [
      'a neighbour without a side door',
      { 'errors/a.ts': `import '../wire/b.ts';`, 'wire/b.ts': '' },
      /^errors\/a\.ts imports wire\/b\.ts/,
    ],
    ['a missing file', { 'wire/a.ts': `import './b.ts';` }, /no such file/],
    ['an unknown room', { 'attic/a.ts': '' }, /^src\/attic: not a room/],
    ['Node inside Convex', { 'runtime/a.ts': `import 'node:fs';` }, /runtime\/a\.ts -> node:fs/],
    [
      'a cycle',
      { 'wire/a.ts': `import './b.ts';`, 'wire/b.ts': `import './a.ts';` },
      /^wire\/a\.ts -> wire\/b\.ts -> wire\/a\.ts: these files load each other/,
    ],
    [
      'Node behind a library entry',
      {
        'entries/server.ts': `export { a } from '../caller/a.ts';`,
        'caller/a.ts': `import { b } from 'node:fs';`,
      },
      /^entries\/server\.ts -> caller\/a\.ts -> node:fs/,
    ],
    [
      'the tool half behind a library entry',
      { 'entries/crpc.ts': `import '../project/a.ts';`, 'project/a.ts': '' },
      /^entries\/crpc\.ts -> project\/a\.ts: a library entry loads "project"/,
    ],
  ])('refuses %s', (_name, files, problem) => {
    const problems = layerProblems(graphOf(files));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});
