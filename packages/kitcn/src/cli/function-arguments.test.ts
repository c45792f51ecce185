import { expect, test } from 'vitest';
import { parseFunctionArguments } from './function-arguments.ts';

test('an object is read', () => {
  expect(parseFunctionArguments('{"a": [1, null]}')).toEqual({ a: [1, null] });
});

test.each([
  ['{a: 1}', 1],
  ['{"a": x}', 6],
  ['{"a": 1', 7],
  ['{"a": 1,}', 8],
  ['{"x": "x", "y": nulx}', 19],
  ['{"a": 1} 2', 9],
  ['', 0],
])('%s is wrong at %i', (text, position) => {
  expect(() => parseFunctionArguments(text)).toThrow(
    new RegExp(` at position ${position}\n  .*\n  ${' '.repeat(position)}\\^$`),
  );
});

test('the reason is told once', () => {
  expect(() => parseFunctionArguments('{"a": x}')).toThrow(
    `The arguments are not valid JSON: Unexpected token 'x' at position 6\n`,
  );
});

test.each(['[]', '1', 'null', '"text"'])('%s is no object', (text) => {
  expect(() => parseFunctionArguments(text)).toThrow(/must be a JSON object/);
});
