import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryProject } from '../../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../../project/temporary-project.fixture.ts';
import { capturedContext } from '../captured-context.fixture.ts';
import { commands } from '../commands.ts';
import { runProgram } from '../program.ts';

vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = { version: '', commands };

function version(answer: string): string {
  return `import { query } from './_generated/server';
export const version = query({ args: {}, handler: () => ${answer} });
`;
}

/** `kitcn dev` in this process, on free ports; ended by the disposal. */
function startDev(project: TemporaryProject, ...argv: string[]) {
  const ending = new AbortController();
  const context = capturedContext({ cwd: project.root, signal: ending.signal });
  const running = runProgram(PROGRAM, ['dev', '--port=0', '--site-port=0', ...argv], context);
  const end = () => {
    ending.abort();
    return running;
  };
  const { printed } = context;
  const url = () => /^NEXT_PUBLIC_CONVEX_URL=(.*)$/m.exec(printed.stdout)?.[1];
  return {
    printed,
    running,
    end,
    url: () => vi.waitUntil(url, { timeout: 20_000 }),
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

async function callVersion(url: string, project: TemporaryProject) {
  const context = capturedContext({ cwd: project.root });
  await runProgram(PROGRAM, ['run', 'app:version', '--url', url], context);
  return context.printed.stdout.trim();
}

test('serves the project, takes each change over, and keeps running on a broken one', async () => {
  await using project = await temporaryProject({ 'convex/functions/app.ts': version('1') });
  await using dev = startDev(project);
  const url = await dev.url();
  expect(await callVersion(url, project)).toBe('1');

  await project.write({ 'convex/functions/app.ts': version('2') });
  await expect.poll(() => callVersion(url, project), { timeout: 20_000 }).toBe('2');

  await project.write({ 'convex/functions/app.ts': version('(') });
  await expect
    .poll(() => dev.printed.stderr, { timeout: 20_000 })
    .toMatch(/convex\/functions\/app\.ts:2:\d+: .*\nThe code from before this change keeps/);
  expect(await callVersion(url, project)).toBe('2');

  await project.write({ 'convex/functions/app.ts': version('3') });
  await expect.poll(() => callVersion(url, project), { timeout: 20_000 }).toBe('3');

  expect(await dev.end()).toBe(0);
  expect(dev.printed.stdout.split('\n')).toEqual([
    `NEXT_PUBLIC_CONVEX_URL=${url}`,
    expect.stringMatching(/^NEXT_PUBLIC_CONVEX_SITE_URL=http:\/\/127\.0\.0\.1:\d+$/),
    '',
  ]);
  expect(dev.printed.stderr).not.toMatch(/kitcn\|/);
  await expect(fetch(url)).rejects.toThrow();
});

test('starts once a project that is broken at first is mended', async () => {
  await using project = await temporaryProject({ 'convex/functions/app.ts': version('(') });
  await using dev = startDev(project);
  await expect
    .poll(() => dev.printed.stderr, { timeout: 20_000 })
    .toMatch(/^convex\/functions\/app\.ts:2/);
  await project.write({ 'convex/functions/app.ts': version('process.env.ANSWER') });
  await dev.url();
});

test('functions see the variables of the env files and no others', async () => {
  await using project = await temporaryProject({
    '.env': 'ANSWER=42\n',
    'convex/functions/app.ts': version(
      '`${process.env.ANSWER} ${process.env.PATH} ${process.env.CONVEX_SITE_URL !== undefined}`',
    ),
  });
  await using dev = startDev(project);
  expect(await callVersion(await dev.url(), project)).toBe('"42 undefined true"');
});

test('--once deploys, and ends with 0 or 1', async () => {
  await using project = await temporaryProject({ 'convex/functions/app.ts': version('1') });
  await using works = startDev(project, '--once');
  expect(await works.running).toBe(0);
  await expect(works.url().then((url) => fetch(url))).rejects.toThrow('fetch failed');
  await project.write({ 'convex/functions/app.ts': version('(') });
  await using broken = startDev(project, '--once');
  expect(await broken.running).toBe(1);
  expect(broken.printed.stderr).toMatch(/^kitcn dev: convex\/functions\/app\.ts:2/);
});

test('ends with 1 where its port is in use', async () => {
  await using project = await temporaryProject({ 'convex/functions/app.ts': version('1') });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  await using dev = startDev(project, `--port=${port}`);
  expect(await dev.running).toBe(1);
  expect(dev.printed.stderr).toMatch(new RegExp(`kitcn dev: .*${port}`));
});

test('ends with 1 where the data folder is held by another', async () => {
  await using project = await temporaryProject({ 'convex/functions/app.ts': version('1') });
  await using first = startDev(project);
  await first.url();
  await using second = startDev(project);
  expect(await second.running).toBe(1);
  expect(second.printed.stderr).toMatch(/The data folder .* is held by/);
});

test('reads .env again when it changes; one that the code cannot take is told', async () => {
  await using project = await temporaryProject({
    'convex/functions/app.ts': `if (process.env.NAME === 'bad') throw new Error('bad name');\n${version('process.env.NAME')}`,
    '.env': 'NAME=one',
  });
  await using dev = startDev(project);
  const url = await dev.url();
  expect(await callVersion(url, project)).toBe('"one"');
  await project.write({ '.env.local': 'NAME=two' });
  await expect.poll(() => callVersion(url, project), { timeout: 20_000 }).toBe('"two"');
  await project.write({ '.env.local': 'NAME=bad' });
  await expect
    .poll(() => dev.printed.stderr, { timeout: 20_000 })
    .toMatch(/bad name\nThe variables from before this change stay/);
  expect(await callVersion(url, project)).toBe('"two"');
});
