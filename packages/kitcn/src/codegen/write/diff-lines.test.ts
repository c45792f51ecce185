import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

test('shows what goes and what comes between the lines that stay', () => {
  expect(diffLines('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nD\nD2\ne\nf\n')).toBe(
    ['@@ line 4 @@', '  b', '  c', '- d', '+ D', '+ D2', '  e', '  f'].join('\n'),
  );
});

test.each([
  ['', 'a\nb\n', ['@@ line 1 @@', '+ a', '+ b']],
  ['a\nb\n', 'a\n', ['@@ line 2 @@', '  a', '- b']],
  ['a\n', 'a\na\n', ['@@ line 2 @@', '  a', '+ a']],
])('%j to %j', (before, after, lines) => {
  expect(diffLines(before, after)).toBe(lines.join('\n'));
});
