import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { capturedContext } from '../captured-context.fixture.ts';
import { commands } from '../commands.ts';
import { runProgram } from '../program.ts';

interface Received {
  url: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

/** A deployment that answers every request alike and keeps what it got. */
async function deployment(status: number, answer: unknown) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { authorization } = request.headers;
    received.push({ url: request.url, authorization, body: JSON.parse(await text(request)) });
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { port, received, close };
}

async function run(argv: string[], overrides: { env?: object; cwd?: string } = {}) {
  const { env = { KITCN_ADMIN_KEY: 'k|env' }, ...rest } = overrides;
  const context = capturedContext({ env: { ...env }, ...rest });
  const code = await runProgram({ version: '', commands }, ['run', ...argv], context);
  return { code, ...context.printed };
}

test('the result goes to stdout, log lines to stderr', async () => {
  const { port, received } = await deployment(200, {
    status: 'success',
    value: { id: 'a' },
    logLines: ["[LOG] 'hi'"],
  });
  expect(await run(['api.teams.get', '{"id":"a"}', `--port=${port}`])).toEqual({
    code: 0,
    stdout: '{\n  "id": "a"\n}\n',
    stderr: "[LOG] 'hi'\n",
  });
  expect(received).toEqual([
    {
      url: '/api/function',
      authorization: 'Convex k|env',
      body: { path: 'teams:get', args: { id: 'a' }, format: 'json' },
    },
  ]);
});

test('the key comes from the option, the environment or the data folder', async () => {
  const { port, received } = await deployment(200, { status: 'success', value: null });
  const cwd = await mkdtemp(path.join(tmpdir(), 'kitcn-run-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(path.join(cwd, 'admin-key'), 'k|file\n');
  const url = `--url=http://127.0.0.1:${port}`;
  await run(['a:b', url, '--admin-key=k|option']);
  await run(['a:b', url]);
  await run(['a:b', url, '--data=.'], { env: {}, cwd });
  expect(received.map(({ authorization }) => authorization)).toEqual([
    'Convex k|option',
    'Convex k|env',
    'Convex k|file',
  ]);
  const missing = await run(['a:b', url], { env: {}, cwd });
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/No admin key: .*\.kitcn.admin-key cannot be read\. Start `kitcn/);
});

test('an error of the function is its message and data', async () => {
  const { port } = await deployment(200, {
    status: 'error',
    errorMessage: 'No such team',
    errorData: { code: 'NOT_FOUND' },
  });
  expect(await run(['a:b', `--port=${port}`])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'kitcn run: No such team\n{\n  "code": "NOT_FOUND"\n}\n',
  });
});

test('what procedures send reads as they meant it: Dates, and an error by its code', async () => {
  const time = { __crpc_Date: 0 };
  const success = await deployment(200, { status: 'success', value: { at: time } });
  expect((await run(['a:b', `--port=${success.port}`])).stdout).toBe(
    '{\n  "at": "1970-01-01T00:00:00.000Z"\n}\n',
  );
  const failure = await deployment(200, {
    status: 'error',
    errorMessage: 'Server Error',
    errorData: { __crpc: 1, code: 'NOT_FOUND', message: 'No such team', data: { at: time } },
  });
  expect((await run(['a:b', `--port=${failure.port}`])).stderr).toBe(
    'kitcn run: NOT_FOUND: No such team\n{\n  "at": "1970-01-01T00:00:00.000Z"\n}\n',
  );
});

test('what only the project’s transformer can read is shown as it travels', async () => {
  const { port } = await deployment(200, { status: 'success', value: { __crpc_Custom: [1] } });
  expect(JSON.parse((await run(['a:b', `--port=${port}`])).stdout)).toEqual({ __crpc_Custom: [1] });
});

test.each<[number, unknown, RegExp]>([
  [403, { code: 'BadDeployKey', message: 'The key is wrong' }, /answered 403: The key is wrong/],
  [502, '<h1>Bad gateway</h1>', /answered 502: <h1>Bad gateway/],
  [200, 'null', /answered 200: null/],
])('an answer with status %i that is no result', async (status, answer, stderr) => {
  const { port } = await deployment(status, answer);
  const result = await run(['a:b', `--port=${port}`]);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(stderr);
  expect(result.stderr).not.toMatch(/k\|env/);
});

test('where nothing listens, it says what to start', async () => {
  const { port, close } = await deployment(200, null);
  await close();
  expect(await run(['a:b', `--port=${port}`])).toEqual({
    code: 1,
    stdout: '',
    stderr: `kitcn run: Nothing answers at http://127.0.0.1:${port} (ECONNREFUSED). Is \`kitcn dev\` running there?\n`,
  });
});

test('an interrupted call is told as that', async () => {
  const { port } = await deployment(200, null);
  const context = capturedContext({ env: { KITCN_ADMIN_KEY: 'k' }, signal: AbortSignal.abort() });
  const argv = ['run', 'a:b', `--port=${port}`];
  expect(await runProgram({ version: '', commands }, argv, context)).toBe(1);
  expect(context.printed).toEqual({ stdout: '', stderr: 'kitcn run: interrupted\n' });
});

test.each([
  [['a:b', '{x}'], /not valid JSON: .* at position 1\n/],
  [['a:b', '--url=localhost:3210'], /--url must be like/],
  [['a:b:c'], /is not the name of a function/],
  [[], /<function> is missing/],
])('%j is wrong usage', async (argv, stderr) => {
  const result = await run(argv);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toMatch(stderr);
});
