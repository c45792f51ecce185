import path from 'node:path';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import {
  developmentKeyFile,
  readDevelopmentKey,
  signDevelopmentToken,
} from './auth/development-token.ts';
import { startBackend } from './server.ts';

const META = `import { actionGeneric, mutationGeneric, queryGeneric } from 'convex/server';
export const change = mutationGeneric((ctx) => ctx.meta.getRequestMetadata());
export const act = actionGeneric((ctx) => ctx.meta.getRequestMetadata());
export const deployment = queryGeneric((ctx) => ctx.meta.getDeploymentMetadata());
`;
const HTTP = `import { httpActionGeneric, httpRouter } from 'convex/server';
const http = httpRouter();
http.route({ path: '/meta', method: 'GET', handler: httpActionGeneric(async (ctx) => Response.json(await ctx.meta.getRequestMetadata())) });
export default http;
`;
const change = makeFunctionReference<'mutation'>('meta:change');
const act = makeFunctionReference<'action'>('meta:act');

test('functions know where a call comes from, on every way in, but never an admin key', async () => {
  await using project = await temporaryProject({
    'convex/functions/meta.ts': META,
    'convex/functions/http.ts': HTTP,
  });
  const dataDir = path.join(project.root, 'data');
  await using backend = await startBackend({ projectDir: project.root, dataDir, log() {} });
  const key = await readDevelopmentKey(developmentKeyFile(dataDir));
  const user = { issuer: backend.url, subject: 'ada', claims: {}, expiresIn: '1h' };
  const authToken = await signDevelopmentToken(key, user);
  const common = {
    ip: '127.0.0.1',
    requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
    scheduledFunctionId: null,
  };

  const client = new ConvexHttpClient(backend.url, { logger: false });
  expect(await client.mutation(change, {})).toMatchObject({ ...common, authToken: null });
  client.setAuth(authToken);
  expect(await client.mutation(change, {})).toMatchObject({ ...common, authToken });
  expect(await client.action(act, {})).toMatchObject({ ...common, authToken });

  const live = new ConvexClient(backend.url, { logger: false });
  live.setAuth(() => Promise.resolve(authToken));
  // The first call goes out when the token has been accepted.
  expect(await live.mutation(change, {})).toMatchObject({ ...common, authToken });
  await live.close();

  const get = async (headers: Record<string, string>): Promise<unknown> =>
    (await fetch(`${backend.siteUrl}/meta`, { headers })).json();
  expect(await get({ 'user-agent': 'test/1' })).toEqual({
    ...common,
    userAgent: 'test/1',
    authToken: null,
  });
  const asAdmin = await get({ authorization: `Convex ${backend.adminKey}` });
  expect(asAdmin).toMatchObject({ ...common, authToken: null });
});
