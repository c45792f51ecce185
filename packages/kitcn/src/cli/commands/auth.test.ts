import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { startBackend } from '../../backend/server.ts';
import type { Backend } from '../../backend/server.ts';
import { temporaryProject } from '../../project/temporary-project.fixture.ts';
import { capturedContext } from '../captured-context.fixture.ts';
import { commands } from '../commands.ts';
import { runProgram } from '../program.ts';

const whoAmI = makeFunctionReference<'query'>('me:whoAmI');
const ME = `import { queryGeneric } from 'convex/server';
export const whoAmI = queryGeneric({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });
`;

/** A project, the backend of which `start` opens on the data folder that the command reads by default. */
async function project() {
  const files = await temporaryProject({ 'convex/functions/me.ts': ME });
  const dataDir = path.join(files.root, '.kitcn');
  const auth = async (...argv: string[]) => {
    const context = capturedContext({ cwd: files.root });
    const code = await runProgram({ version: '', commands }, ['auth', ...argv], context);
    return { code, ...context.printed };
  };
  const start = (host = '127.0.0.1'): Promise<Backend> =>
    startBackend({ projectDir: files.root, dataDir, host, log() {} });
  return { dataDir, auth, start, [Symbol.asyncDispose]: () => files[Symbol.asyncDispose]() };
}

test('a token signs in, with its claims, until it expires, and after a restart', async () => {
  await using app = await project();
  const first = await app.start();
  const { url } = first;
  const { code, stdout } = await app.auth(
    'token',
    '--subject=ada',
    `--url=${url}`,
    '--claim',
    'email=ada@example.com',
    '--claim=name=Ada Lovelace',
    '--claim=roles=["admin"]',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const client = new ConvexHttpClient(url, { logger: false });
  client.setAuth(stdout.trim());
  expect(await client.query(whoAmI, {})).toEqual({
    tokenIdentifier: `${url}|ada`,
    subject: 'ada',
    issuer: url,
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    roles: ['admin'],
  });
  const configuration = await fetch(`${url}/.well-known/openid-configuration`);
  const { issuer, jwks_uri } = (await configuration.json()) as Record<string, string>;
  expect(issuer).toBe(url);
  const keys = await (await fetch(String(jwks_uri))).json();
  expect(keys).toMatchObject({ keys: [{ kty: 'OKP' }] });
  expect(JSON.stringify(keys)).not.toContain('"d"');
  await jwtVerify(stdout.trim(), createRemoteJWKSet(new URL(String(jwks_uri))), { issuer: url });
  expect(statSync(path.join(app.dataDir, 'auth-key.json')).mode & 0o777).toBe(0o600);
  await first.close();

  await using second = await app.start();
  const again = await app.auth('token', '--subject=ada', `--url=${second.url}`, '--expires=1s');
  const later = new ConvexHttpClient(second.url, { logger: false });
  later.setAuth(again.stdout.trim());
  await expect
    .poll(() => later.query(whoAmI, {}).catch((error: Error) => error.message), { timeout: 10_000 })
    .toContain('Unauthenticated');
});

test('a token of another data folder, or for another port, is refused', async () => {
  await using app = await project();
  await using other = await project();
  await using backend = await app.start();
  const { close } = await other.start();
  await close();
  for (const { stdout } of [
    await other.auth('token', '--subject=eve', `--url=${backend.url}`),
    await app.auth('token', '--subject=ada', '--url=http://127.0.0.1:1'),
  ]) {
    const client = new ConvexHttpClient(backend.url, { logger: false });
    client.setAuth(stdout.trim());
    await expect(client.query(whoAmI, {})).rejects.toThrow(/InvalidAuthHeader|NoAuthProvider/);
  }
});

test('a backend that others can reach has no tokens of its own', async () => {
  await using app = await project();
  const local = await app.start();
  await local.close();
  await using open = await app.start('0.0.0.0');
  const { stdout } = await app.auth('token', '--subject=ada', `--url=${open.url}`);
  const client = new ConvexHttpClient(open.url, { logger: false });
  client.setAuth(stdout.trim());
  await expect(client.query(whoAmI, {})).rejects.toThrow(/NoAuthProvider/);
  for (const file of ['openid-configuration', 'jwks.json']) {
    expect((await fetch(`${open.url}/.well-known/${file}`)).status).toBe(404);
  }
});

test.each([
  [['sing'], 'did you mean "token"'],
  [['token'], '--subject is missing'],
  [['token', '--subject=a', '--expires=soon'], '--expires must be like'],
  [['token', '--subject=a', '--claim=email'], '--claim must be like name=value'],
  [['token', '--subject=a', '--claim=iss=me'], '--claim cannot set "iss"'],
  [['token', '--subject=a', '--url=nowhere'], '--url must be a URL'],
])('%j is wrong usage', async (argv, words) => {
  await using app = await project();
  const { code, stdout, stderr } = await app.auth(...argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});

test('without a key the command says where it comes from', async () => {
  await using app = await project();
  const missing = await app.auth('token', '--subject=ada');
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('kitcn dev') });
  expect(existsSync(app.dataDir)).toBe(false);
  const { close } = await app.start();
  await close();
  await writeFile(path.join(app.dataDir, 'auth-key.json'), '{"d":1}');
  expect(await app.auth('token', '--subject=ada')).toMatchObject({ code: 1 });
  await expect(app.start()).rejects.toMatchObject({ code: 'BadAuthKeyFile' });
});
