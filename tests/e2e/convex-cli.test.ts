import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startBackend } from 'kitcn/backend';
import { runProgram } from '../run-program.ts';

const quickstart = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

interface PushRequest {
  appDefinition: { changedModules: { path: string }[]; schema: { path: string } | null };
}

test('Convex’s own command line bundles a project as it stands', async () => {
  // Below the repo, so that packages resolve; a copy, since the command may write `_generated`.
  const project = await mkdtemp(fileURLToPath(new URL('../.tmp-convex-', import.meta.url)));
  onTestFinished(() => rm(project, { recursive: true }));
  await cp(quickstart, project, { recursive: true });
  await runProgram('kitcn', ['codegen'], { cwd: project });
  // Writes what it would send and stops, so nothing has to listen there.
  const push = path.join(project, 'push');
  const deployment = ['--url', 'http://127.0.0.1:9', '--admin-key', 'none'];
  const writing = ['--write-push-request', push, '--push-all-modules', '--yes'];
  const result = await runProgram('convex', ['deploy', ...deployment, ...writing], {
    cwd: project,
  });
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const { appDefinition }: PushRequest = JSON.parse(await readFile(`${push}.json`, 'utf8'));
  const modules = appDefinition.changedModules.map((module) => module.path);
  expect(appDefinition.schema?.path).toBe('schema.js');
  expect(modules.filter((module) => !module.startsWith('_deps/')).toSorted()).toEqual([
    'auth.config.js',
    'generated/server.js',
    'http.js',
    'items/queries.js',
    'items/writes.js',
    'jobs.js',
    'teams.js',
    'user.js',
  ]);
});

test('Convex’s own command line sets, lists and removes variables of the embedded backend', async () => {
  const project = await mkdtemp(fileURLToPath(new URL('../.tmp-convex-', import.meta.url)));
  onTestFinished(() => rm(project, { recursive: true }));
  await cp(quickstart, project, { recursive: true });
  await runProgram('kitcn', ['codegen'], { cwd: project });
  await using backend = await startBackend({
    projectDir: project,
    dataDir: ':memory:',
    env: { FROM_FILE: 'file' },
    log() {},
  });
  const env = (...args: string[]): ReturnType<typeof runProgram> =>
    runProgram('convex', ['env', ...args, '--url', backend.url, '--admin-key', backend.adminKey], {
      cwd: project,
    });
  const set = await env('set', 'GREETING', 'hello');
  expect(set, set.stderr).toMatchObject({ code: 0 });
  expect((await env('list')).stdout.split('\n').filter(Boolean)).toEqual([
    'FROM_FILE=file',
    'GREETING=hello',
  ]);
  expect((await env('get', 'GREETING')).stdout.trim()).toBe('hello');
  expect(await env('remove', 'GREETING')).toMatchObject({ code: 0 });
  expect((await env('list')).stdout.trim()).toBe('FROM_FILE=file');
});
