import { describe, expect, test } from 'vitest';
import { docSamples, isQuote, toModule } from './doc-samples.ts';

describe('docSamples', () => {
  test('finds blocks of TypeScript, with their place and the file that they name', () => {
    const markdown = [
      'Text',
      '```ts',
      '// src/app.ts',
      '',
      'run();',
      '```',
      '```sh',
      'ls',
      '```',
      '```tsx',
      '<p />;',
      '```',
    ].join('\n');
    expect(docSamples('a.md', markdown)).toEqual([
      { file: 'a.md', line: 5, extension: 'ts', path: 'src/app.ts', code: 'run();\n' },
      { file: 'a.md', line: 11, extension: 'tsx', path: undefined, code: '<p />;\n' },
    ]);
  });

  test('a comment that names no file is code', () => {
    expect(docSamples('a.md', '```ts\n// Query\nrun();\n```')).toMatchObject([
      { line: 2, path: undefined, code: '// Query\nrun();\n' },
    ]);
  });
});

describe('isQuote', () => {
  const source = 'a();\n{\n  b();\n\n  if (c) {\n    d();\n  }\n}\n';

  test.each([
    ['the whole', source],
    ['a line', 'b();\n'],
    ['lines at another indentation', 'b();\n\nif (c) {\n  d();\n}\n'],
  ])('%s is one', (_name, code) => {
    expect(isQuote(code, source)).toBe(true);
  });

  test.each([
    ['a changed line', 'b(1);\n'],
    ['lines that do not follow each other', 'a();\nb();\n'],
    ['a changed indentation inside', 'if (c) {\nd();\n}\n'],
    ['more than there is', `${source}more();\n`],
  ])('%s is none', (_name, code) => {
    expect(isQuote(code, source)).toBe(false);
  });
});

describe('toModule', () => {
  test('leaves a module alone', () => {
    expect(toModule('export const a = 1;\n')).toBe('export const a = 1;\n');
  });

  test('makes a function of statements, after the imports and on the same lines', () => {
    const module = toModule(`import {\n  a,\n} from 'a';\n\nawait a();\nreturn 1;\n`);
    expect(module.split('\n')).toEqual([
      'import {',
      '  a,',
      "} from 'a'; export async function sample(): Promise<unknown> {",
      '',
      'await a();',
      'return 1;',
      '',
      'return; }',
      '',
    ]);
  });
});
