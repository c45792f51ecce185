import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram, startProgram } from '../run-program.ts';

const cwd = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));
const ISSUER = 'https://servers.example';

let backend: Backend;
/** What each server is started with. */
let env: Record<string, string>;

beforeAll(async () => {
  await runProgram('kitcn', ['codegen'], { cwd });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const named = { kid: 'servers', alg: 'ES256' };
  const keys = [{ ...publicKey.export({ format: 'jwk' }), ...named, use: 'sig' }];
  const jwks = Buffer.from(JSON.stringify({ keys })).toString('base64');
  backend = await startBackend({
    projectDir: cwd,
    dataDir: ':memory:',
    env: { AUTH_ISSUER: ISSUER, AUTH_JWKS: `data:application/json;base64,${jwks}` },
    log: () => {},
  });
  env = {
    NEXT_PUBLIC_CONVEX_SITE_URL: backend.siteUrl,
    AUTH_ISSUER: ISSUER,
    SERVICE_KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...named }),
    PORT: '0',
  };
});

afterAll(() => backend?.close());

const withTsx = (file: string): string[] => ['--import', 'tsx', file];

test('a Hono server: a context in a middleware, errors in one place', async () => {
  await using server = startProgram('node', withTsx('src/hono/main.ts'), { cwd, env });
  await expect.poll(() => server.printed.stdout, { timeout: 20_000 }).toMatch(/^http/);
  const url = server.printed.stdout.trim();
  const post = (body: object): Promise<Response> =>
    fetch(`${url}/users`, { method: 'POST', body: JSON.stringify(body) });

  const ada = { name: 'Ada', email: 'ada@example.com' };
  expect((await post(ada)).status).toBe(201);
  expect(await (await fetch(`${url}/users`)).json()).toMatchObject([ada]);
  expect(await (await fetch(`${url}/overview`)).json()).toEqual({ users: 1, items: 0 });

  const conflict = await post(ada);
  expect(conflict.status).toBe(409);
  expect(await conflict.json()).toEqual({ code: 'CONFLICT', message: 'ada@example.com is taken' });
});

test('an Express server: the same calls, the same errors', async () => {
  await using server = startProgram('node', withTsx('src/express/main.ts'), { cwd, env });
  await expect.poll(() => server.printed.stdout, { timeout: 20_000 }).toMatch(/^http/);
  const url = server.printed.stdout.trim();
  const grace = { name: 'Grace', email: 'grace@example.com' };
  const post = (): Promise<Response> =>
    fetch(`${url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(grace),
    });

  expect((await post()).status).toBe(201);
  const users: unknown = await (await fetch(`${url}/users`)).json();
  expect(users).toEqual(expect.arrayContaining([expect.objectContaining(grace)]));
  const conflict = await post();
  expect(conflict.status).toBe(409);
  expect(await conflict.json()).toMatchObject({ code: 'CONFLICT' });
});

test('a script, then a worker with a token of its own', async () => {
  const script = await runProgram(
    'node',
    [...withTsx('src/scripts/import-items.ts'), 'COBOL', 'FORTRAN'],
    { cwd, env },
  );
  expect(script).toEqual({ code: 0, stdout: '2 items\n', stderr: '' });

  const worker = promisify(execFile)('node', withTsx('src/workers/import-worker.ts'), {
    cwd,
    env: { ...process.env, ...env },
  });
  worker.child.stdin?.end('Lisp\n\nALGOL\n');
  const { stdout, stderr } = await worker;
  expect(stdout).toBe('import-worker: Lisp, 3 in all\nimport-worker: ALGOL, 4 in all\n');
  expect(stderr).toMatch(/^: BAD_REQUEST /);
});
