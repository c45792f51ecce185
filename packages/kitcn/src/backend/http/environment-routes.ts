import { isJsonObject } from '../../shared/json-object.ts';
import { Hono } from 'hono';
import { assert } from '../../shared/assert.ts';
import type { EnvironmentChange } from '../functions/environment-change.ts';
import type { FunctionCaller } from '../functions/function-host.ts';
import { checkClientVersion } from './client-version.ts';
import { badJsonBody, readJsonObject } from './json-body.ts';
import { assertAdmin, readIdentity } from './request-identity.ts';
import type { AccessControl } from './request-identity.ts';

export interface EnvironmentRouteOptions {
  host: Pick<FunctionCaller, 'run'>;
  access: AccessControl;
  /** Changes the variables of the deployment; rejects with a `BackendError` if that cannot be. */
  changeVariables(changes: readonly EnvironmentChange[]): Promise<unknown>;
}

const LIST_PATH = '_system/cli/queryEnvironmentVariables:default';

/** What `convex env` and Convex's deployment API use; for the admin only. */
export function createEnvironmentRoutes(options: EnvironmentRouteOptions): Hono {
  const { host, access, changeVariables } = options;
  const app = new Hono();
  const assertSender = async (request: Request): Promise<void> => {
    checkClientVersion(request.headers);
    assertAdmin(await readIdentity(request, access));
  };
  app.get('/api/v1/list_environment_variables', async (c) => {
    await assertSender(c.req.raw);
    return c.json({ environmentVariables: await listVariables(host) });
  });
  app.on(
    'POST',
    ['/api/update_environment_variables', '/api/v1/update_environment_variables'],
    async (c) => {
      await assertSender(c.req.raw);
      const { changes } = await readJsonObject(c.req.raw);
      if (!Array.isArray(changes)) throw badJsonBody('"changes" must be an array');
      await changeVariables(changes.map(parseChange));
      return c.body(null, 200);
    },
  );
  return app;
}

async function listVariables(
  host: EnvironmentRouteOptions['host'],
): Promise<Record<string, string>> {
  const call = { kind: 'query', path: LIST_PATH, args: {}, identity: null, isAdmin: true } as const;
  const result = await host.run(call);
  assert(result.status === 'success', 'the query for the variables cannot fail');
  // Its own shape: rows of `{ name, value }`.
  const variables = result.value as { name: string; value: string }[];
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function parseChange(change: unknown): EnvironmentChange {
  if (!isJsonObject(change) || typeof change['name'] !== 'string') {
    throw badJsonBody('each of "changes" must have a "name"');
  }
  const { name, value } = change;
  if (value === undefined || value === null) return { name };
  if (typeof value !== 'string') throw badJsonBody('the "value" of a change must be a string');
  return { name, value };
}
