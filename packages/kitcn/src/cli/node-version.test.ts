import { expect, test } from 'vitest';
import { checkNodeVersion } from './node-version.ts';

test.each(['22.13.0', '22.14.1', '23.0.0', '24.21.0', '100.0.0'])('Node %s will do', (version) => {
  expect(checkNodeVersion(version)).toBeUndefined();
});

test.each(['22.12.0', '20.20.2', '18.0.0'])('Node %s is too old', (version) => {
  expect(checkNodeVersion(version)).toMatch(
    `kitcn needs Node 22.13 or newer, and this is Node ${version}.`,
  );
});
