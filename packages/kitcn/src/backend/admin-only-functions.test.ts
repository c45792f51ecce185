import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { startBackend } from './server.ts';
import type { Backend } from './server.ts';
import { CONNECT, connectRaw } from './sync/raw-client.fixture.ts';

const MODULE = `import { queryGeneric } from 'convex/server';
export const ping = queryGeneric({ args: {}, handler: () => 'pong' });
`;
const SECRET = 'the value of a variable';
const MODULE_PATH = '_system/cli/queryEnvironmentVariables';
/** Each with the arguments that it takes. */
const FUNCTIONS = [
  ['default', {}],
  ['get', { name: 'SECRET' }],
] as const;

let project: TemporaryProject;
let backend: Backend;

beforeAll(async () => {
  project = await temporaryProject({ 'convex/functions/app.ts': MODULE });
  backend = await startBackend({
    projectDir: project.root,
    dataDir: ':memory:',
    env: { SECRET },
    log() {},
  });
}, 30_000);

afterAll(async () => {
  await backend.close();
  await project[Symbol.asyncDispose]();
});

async function post(path: string, body: unknown, adminKey?: string): Promise<string> {
  const authorization = adminKey === undefined ? {} : { authorization: `Convex ${adminKey}` };
  const response = await fetch(`${backend.url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  return `${response.status} ${await response.text()}`;
}

async function postAt(path: string, args: object): Promise<string> {
  const { ts } = JSON.parse((await post('query_ts', {})).slice('200 '.length));
  return post('query_at_ts', { path, args, ts });
}

/** How a function is called over HTTP. */
const CALLS: Record<string, (name: string, args: object) => Promise<string>> = {
  query: (name, args) => post('query', { path: `${MODULE_PATH}:${name}`, args }),
  mutation: (name, args) => post('mutation', { path: `${MODULE_PATH}:${name}`, args }),
  action: (name, args) => post('action', { path: `${MODULE_PATH}:${name}`, args }),
  function: (name, args) => post('function', { path: `${MODULE_PATH}:${name}`, args }),
  query_batch: (name, args) =>
    post('query_batch', { queries: [{ path: `${MODULE_PATH}:${name}`, args }] }),
  query_at_ts: (name, args) => postAt(`${MODULE_PATH}:${name}`, args),
  run: (name, args) => post(`run/${MODULE_PATH}/${name}`, { args }),
  'a URL': async (name, args) => {
    const query = new URLSearchParams({
      path: `${MODULE_PATH}:${name}`,
      args: JSON.stringify(args),
    });
    const response = await fetch(`${backend.url}/api/query?${query}`);
    return `${response.status} ${await response.text()}`;
  },
};

/** The answer without what differs from call to call, and without the name of what was called. */
const anonymous = (answer: string, name: string): string =>
  answer
    .replace(/Request ID: [0-9a-f]+/, 'Request ID')
    .replaceAll(`${MODULE_PATH}:${name}`, 'the path');

test.each(Object.keys(CALLS))(
  'by %s, to anybody without the admin key, a system function is one that is not there',
  async (way) => {
    const call = CALLS[way];
    const unknown = anonymous((await call?.('none', {})) ?? '', 'none');
    expect(unknown).toMatch(way === 'function' ? '403 ' : 'Could not find public function');
    for (const [name, args] of FUNCTIONS) {
      expect(anonymous((await call?.(name, args)) ?? '', name)).toBe(unknown);
    }
  },
);

test('on a WebSocket, too', async () => {
  const client = await connectRaw(backend.url);
  const add = (udfPath: string, queryId: number, args: object) => ({
    type: 'Add',
    queryId,
    udfPath,
    args: [args],
  });
  const names = ['none', ...FUNCTIONS.map(([name]) => name)];
  client.send(CONNECT);
  client.send({
    type: 'ModifyQuerySet',
    baseVersion: 0,
    newVersion: 1,
    modifications: [
      add(`${MODULE_PATH}:none`, 0, {}),
      ...FUNCTIONS.map(([name, args], index) => add(`${MODULE_PATH}:${name}`, index + 1, args)),
    ],
  });
  const { modifications } = await client.nextOf('Transition');
  const answers = (modifications as { queryId: number }[])
    .toSorted((left, right) => left.queryId - right.queryId)
    .map(({ queryId, ...answer }) => anonymous(JSON.stringify(answer), names[queryId] ?? ''));
  expect(answers[0]).toContain('"type":"QueryFailed"');
  expect(answers[0]).toContain('Could not find public function for');
  expect(answers).toEqual(names.map(() => answers[0]));
  client.socket.close();
  await client.closed;
});

test('to who has the key it answers', async () => {
  const ask = (name: string, args: object): Promise<string> =>
    post('query', { path: `${MODULE_PATH}:${name}`, args }, backend.adminKey);
  const variable = { name: 'SECRET', value: SECRET };
  expect(await ask('get', { name: 'SECRET' })).toBe(
    `200 ${JSON.stringify({ status: 'success', value: variable })}`,
  );
  expect(await ask('default', {})).toContain(JSON.stringify(variable));
});
