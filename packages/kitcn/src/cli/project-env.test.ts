import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readProjectEnv } from './project-env.ts';

async function projectDir(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-env-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

test('.env.local wins over .env, the process over both, and nothing else is let in', async () => {
  const folder = await projectDir({
    '.env': 'A=env\nB=env\nC="two\nlines"\n',
    '.env.local': '# comment\nB=local\nD=local\n',
  });
  expect(await readProjectEnv(folder, { D: 'process', SECRET: 'x' })).toEqual({
    A: 'env',
    B: 'local',
    C: 'two\nlines',
    D: 'process',
  });
});

test('a project without env files has no variables', async () => {
  expect(await readProjectEnv(await projectDir({}), { HOME: '/' })).toEqual({});
});
