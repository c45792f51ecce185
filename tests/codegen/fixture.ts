import { cp, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { runProgram } from '../run-program.ts';
import { runTypeScript } from '../run-typescript.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

/** A copy of a fixture with its code generated; gone when it is disposed. */
export interface GeneratedFixture extends AsyncDisposable {
  root: string;
  /** What `tsc` has to say about it; nothing if all is well. */
  typeErrors(): Promise<string>;
}

/** Copies a fixture and generates its code; `args` are further arguments of `kitcn codegen`. */
export async function generateFixture(name: string, ...args: string[]): Promise<GeneratedFixture> {
  const root = await mkdtemp(path.join(FIXTURES, '.tmp-'));
  await cp(path.join(FIXTURES, name), root, { recursive: true });
  const { code, stderr } = await runProgram('kitcn', ['codegen', ...args], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^codegen: /) });
  return {
    root,
    typeErrors: () => runTypeScript(root),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
