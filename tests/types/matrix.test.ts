import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const PROJECT = path.join(import.meta.dirname, 'project');

/** Compiles the project with declarations into a folder of its own; what it prints is the errors. */
async function compile(
  compiler: string,
  outDir: string,
  config = 'tsconfig.json',
): Promise<string> {
  const { bin } = require(`${compiler}/package.json`) as { bin: { tsc: string } };
  const tsc = path.join(path.dirname(require.resolve(`${compiler}/package.json`)), bin.tsc);
  const { stdout } = await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    path.join(PROJECT, config),
    '--outDir',
    outDir,
    '--pretty',
    'false',
  ]).catch((error: { stdout: string }) => error);
  return stdout;
}

describe.each(['typescript-5.9', 'typescript-6', 'typescript'])('%s', (compiler) => {
  test('types modules that compose themselves and each other, and names all in declarations', async () => {
    const outDir = await mkdtemp(path.join(tmpdir(), 'kitcn-types-'));
    try {
      expect(await compile(compiler, outDir)).toBe('');
      const teams = await readFile(path.join(outDir, 'teams.d.ts'), 'utf8');
      expect(teams).not.toMatch(/\bany\b/);
      expect(teams).toContain('ProcedureResult');
      const builders = await readFile(path.join(outDir, 'crpc.d.ts'), 'utf8');
      expect(builders).toContain('ProcedureBuilder<"query", "public"');
      expect(builders).toContain('StandaloneMiddleware<');
    } finally {
      await rm(outDir, { recursive: true });
    }
  });

  test('types them the same over the oldest Convex', async () => {
    const outDir = await mkdtemp(path.join(tmpdir(), 'kitcn-types-'));
    try {
      const errors = await compile(compiler, outDir, 'tsconfig.oldest-convex.json');
      // Sources that come with `convex-helpers` name what only a newer Convex has.
      const ours = errors.split('\n').filter((line) => !line.includes('convex-helpers'));
      expect(ours.join('\n')).toBe('');
    } finally {
      await rm(outDir, { recursive: true });
    }
  });
});
