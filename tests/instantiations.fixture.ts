import { expect } from 'vitest';
import { runTypeScript } from './run-typescript.ts';

/**
 * How many types the pinned TypeScript instantiates for a project that has no errors. In one thread: with several, each
 * works out again what it needs of the others' files, and the sum depends on who gets which.
 */
export async function countInstantiations(project: string): Promise<number> {
  const printed = await runTypeScript(project, '--singleThreaded', '--extendedDiagnostics');
  expect(printed).not.toContain('error');
  return Number(/Instantiations:\s+(\d+)/.exec(printed)?.[1]);
}
