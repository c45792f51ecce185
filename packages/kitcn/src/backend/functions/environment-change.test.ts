import { expect, test } from 'vitest';
import { changeEnvironment } from './environment-change.ts';

test('sets, replaces and removes, without touching what it was given', () => {
  const before = { A: '1', B: '2' };
  const changes = [{ name: 'A', value: '' }, { name: 'B' }, { name: 'NONE' }];
  expect(changeEnvironment(before, [...changes, { name: '_c1', value: 'ü' }])).toEqual({
    A: '',
    _c1: 'ü',
  });
  expect(before).toEqual({ A: '1', B: '2' });
});

const many = Object.fromEntries(Array.from({ length: 512 }, (_, index) => [`V${index}`, '']));
const large = Object.fromEntries(
  Array.from({ length: 63 }, (_, index) => [`V${index}`, 'x'.repeat(8 * 1024)]),
);

test.each([
  ['InvalidEnvVarName', '', {}],
  ['InvalidEnvVarName', '1A', {}],
  ['InvalidEnvVarName', 'A-B', {}],
  ['InvalidEnvVarName', 'A'.repeat(257), {}],
  ['EnvVarNameForbidden', 'CONVEX_SITE_URL', {}],
  ['TooManyEnvVars', 'ONE_MORE', many],
  ['EnvVarsTooLarge', 'ONE_MORE', large],
])('%s: %s', (code, name, before) => {
  const change = { name, value: 'x'.repeat(8 * 1024) };
  expect(() => changeEnvironment(before, [change])).toThrow(expect.objectContaining({ code }));
});

test('a value of 8 KiB is the largest', () => {
  expect(changeEnvironment({}, [{ name: 'A'.repeat(256), value: 'x'.repeat(8192) }])).toBeTruthy();
  const change = { name: 'A', value: 'ü'.repeat(4097) };
  const code = 'EnvVarValueTooLarge';
  expect(() => changeEnvironment({}, [change])).toThrow(expect.objectContaining({ code }));
});
