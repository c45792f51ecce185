import path from 'node:path';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { startBackend } from './server.ts';
import type { Backend } from './server.ts';

const values = makeFunctionReference<'query', Record<string, never>, (string | null)[]>(
  'values:all',
);

const VALUES = `import { queryGeneric } from 'convex/server';
if (process.env.BREAK === 'yes') throw new Error('BREAK is set');
const early = process.env.EARLY ?? null;
export const all = queryGeneric({
  args: {},
  handler: () => [early, process.env.LATE ?? null, process.env.GIVEN ?? null],
});
`;
const AUTH = `export default process.env.ISSUER
  ? { providers: [{ domain: process.env.ISSUER, applicationID: 'app' }] }
  : { providers: [] };
`;

const createProject = (): Promise<TemporaryProject> =>
  temporaryProject({
    'convex/functions/values.ts': VALUES,
    'convex/functions/auth.config.ts': AUTH,
  });

function start(project: TemporaryProject): Promise<Backend> {
  const dataDir = path.join(project.root, 'data');
  return startBackend({ projectDir: project.root, dataDir, env: { GIVEN: 'given' }, log() {} });
}

const read = (backend: Backend): Promise<(string | null)[]> =>
  new ConvexHttpClient(backend.url, { logger: false }).query(values, {});

async function change(backend: Backend, changes: unknown, adminKey = backend.adminKey) {
  const response = await fetch(`${backend.url}/api/update_environment_variables`, {
    method: 'POST',
    headers: { authorization: `Convex ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ changes }),
  });
  const text = await response.text();
  return { status: response.status, code: text === '' ? null : JSON.parse(text).code };
}

async function list(backend: Backend): Promise<unknown> {
  const response = await fetch(`${backend.url}/api/v1/list_environment_variables`, {
    headers: { authorization: `Convex ${backend.adminKey}` },
  });
  return response.json();
}

test('variables are set, seen at once, listed, kept over a restart, and removed', async () => {
  await using project = await createProject();
  const first = await start(project);
  expect(await read(first)).toEqual([null, null, 'given']);
  const set = [
    { name: 'EARLY', value: '1' },
    { name: 'LATE', value: 'zwei' },
    { name: 'GIVEN', value: 'over it' },
  ];
  expect(await change(first, set)).toEqual({ status: 200, code: null });
  expect(await read(first)).toEqual(['1', 'zwei', 'over it']);
  const environmentVariables = { EARLY: '1', GIVEN: 'over it', LATE: 'zwei' };
  expect(await list(first)).toEqual({ environmentVariables });
  await first.close();

  await using second = await start(project);
  expect(await read(second)).toEqual(['1', 'zwei', 'over it']);
  expect(await change(second, [{ name: 'EARLY' }, { name: 'GIVEN' }])).toMatchObject({
    status: 200,
  });
  expect(await read(second)).toEqual([null, 'zwei', 'given']);
});

test('subscriptions and auth providers follow', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const client = new ConvexClient(backend.url, { logger: false });
  try {
    let seen: (string | null)[] = [];
    client.onUpdate(values, {}, (value) => (seen = value));
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([null, null, 'given']);
    await change(backend, [{ name: 'LATE', value: 'live' }]);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([null, 'live', 'given']);
    expect(await backend.setEnv({ GIVEN: 'anew' })).toMatchObject({ authProviders: [] });
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([null, 'live', 'anew']);
  } finally {
    await client.close();
  }
  const issuer = { ISSUER: 'https://issuer.test' };
  expect(await backend.setEnv(issuer)).toMatchObject({ authProviders: [{ type: 'oidc' }] });
});

test('what is refused changes nothing', async () => {
  await using project = await createProject();
  await using backend = await start(project);
  const good = { name: 'LATE', value: 'x' };
  const broken = await change(backend, [good, { name: 'BREAK', value: 'yes' }]);
  expect(broken).toEqual({ status: 400, code: 'PushFailed' });
  await expect(backend.setEnv({ BREAK: 'yes' })).rejects.toThrow(/BREAK is set/);
  expect(await change(backend, [good, { name: '1' }])).toMatchObject({
    status: 400,
    code: 'InvalidEnvVarName',
  });
  for (const changes of [7, [7], [{ value: '' }], [{ name: 'A', value: 7 }]]) {
    expect(await change(backend, changes)).toEqual({ status: 400, code: 'BadJsonBody' });
  }
  expect(await change(backend, [good], 'kitcn|wrong')).toEqual({
    status: 403,
    code: 'BadDeployKey',
  });
  const anonymous = await fetch(`${backend.url}/api/v1/list_environment_variables`);
  expect(anonymous.status).toBe(403);
  expect(await read(backend)).toEqual([null, null, 'given']);
  // A push sees the environment of before, too.
  await backend.push();
  expect(await read(backend)).toEqual([null, null, 'given']);
});
