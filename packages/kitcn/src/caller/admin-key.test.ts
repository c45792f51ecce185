import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { createCallerFactory } from './create-caller-factory.ts';
import type { AdminCallerFactory } from './caller-factory.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import {
  api,
  authorizations,
  countingAuth,
  deploy,
  failure,
  headers,
  refused,
  success,
} from './scripted-deployment.fixture.ts';
import type { Api, Deployment, Reply } from './scripted-deployment.fixture.ts';

const KEY = 'prod:happy-otter-12|0a1b2c3d4e5f';

const adminOf = (
  { siteUrl }: Pick<Deployment, 'siteUrl'>,
  options: Partial<CreateCallerFactoryOptions<Api>> = {},
): AdminCallerFactory<Api> =>
  createCallerFactory({ api, convexSiteUrl: siteUrl, adminKey: KEY, ...options });

describe('a trusted server', () => {
  test('sends the key, and nothing of the request’s headers', async () => {
    await using deployment = await deploy(() => success([]));
    const admin = adminOf(deployment);
    const ctx = await admin.createContext(headers({ authorization: 'Bearer theirs' }));
    await ctx.caller.user.list({});
    await ctx.caller.user.create({ name: 'Ada' });
    expect(authorizations(deployment)).toEqual([`Convex ${KEY}`, `Convex ${KEY}`]);
    expect([ctx.token, ctx.isAuthenticated]).toEqual([undefined, false]);
  });

  test('needs no headers', async () => {
    await using deployment = await deploy(() => success([]));
    const ctx = await adminOf(deployment).createContext();
    await ctx.snapshot(() => []);
    await ctx.caller.jobs.reindex();
    expect(deployment.requests).toHaveLength(1);
  });

  test('acts as a user, in calls and snapshots, and as nobody after', async () => {
    await using deployment = await deploy(({ url }) =>
      url === '/api/query_batch' ? { json: { results: [success([]).json] } } : success([]),
    );
    const ctx = await adminOf(deployment).createContext();
    const identity = { issuer: 'https://auth.example', subject: 'ü1', role: 'owner' };
    const asUser = ctx.as(identity);
    await asUser.caller.user.list({});
    await asUser.snapshot((c) => [c.user.list()]);
    await ctx.caller.user.list({});
    const encoded = Buffer.from(JSON.stringify(identity)).toString('base64');
    expect(authorizations(deployment)).toEqual([
      `Convex ${KEY}:${encoded}`,
      `Convex ${KEY}:${encoded}`,
      `Convex ${KEY}`,
    ]);
    expect([asUser.token, asUser.isAuthenticated]).toEqual([undefined, true]);
  });

  test('never shares a request between two users', async () => {
    await using deployment = await deploy(() => success([]));
    const ctx = await adminOf(deployment).createContext();
    const users = ['a', 'b'].map((subject) => ctx.as({ issuer: 'https://auth.example', subject }));
    await Promise.all([ctx, ...users].map(({ caller }) => caller.user.list({})));
    expect(new Set(authorizations(deployment)).size).toBe(3);
  });

  test.each([undefined, null, {}, { subject: 'u1' }, 'u1'])(
    'does not act as %j, which would be as the admin',
    async (identity) => {
      const ctx = await adminOf({ siteUrl: 'http://localhost:3211' }).createContext();
      expect(() => ctx.as(identity as never)).toThrowError(
        /an identity with `issuer` and `subject`/,
      );
    },
  );

  test.each([undefined, '', 'two words', 'line\nbreak'])(
    'a key that is %j is refused, and not shown',
    async (adminKey) => {
      const admin = adminOf({ siteUrl: 'http://localhost:3211' }, { adminKey: adminKey as string });
      const error = await admin.createContext().catch((caught: unknown) => caught);
      expect(String(error)).toMatch(/adminKey is missing, or holds something that cannot be sent/);
      if (adminKey) expect(inspect(error)).not.toContain(JSON.stringify(adminKey).slice(1, -1));
    },
  );

  test('has no getToken beside it', async () => {
    const siteUrl = 'http://localhost:3211';
    const admin = adminOf({ siteUrl }, { auth: countingAuth() });
    await expect(admin.createContext()).rejects.toThrowError(
      /adminKey and auth exclude each other/,
    );
  });
});

describe('the key is nowhere to be seen', () => {
  /** Everything that anyone could print, as text. */
  function show(...values: unknown[]): string {
    const printed = values.map((value) => {
      const options = { depth: 12, showHidden: true, getters: true, showProxy: true } as const;
      const json = JSON.stringify(value, (_key, member: unknown) =>
        member instanceof Error
          ? { ...member, message: member.message, stack: member.stack, cause: member.cause }
          : member,
      );
      return `${inspect(value, options)}${json}${inspect(value)}${String(value)}`;
    });
    return printed.join('\n');
  }

  test('in factory, context, caller', async () => {
    await using deployment = await deploy(() => success([]));
    const admin = adminOf(deployment);
    const ctx = await admin.createContext();
    const asUser = ctx.as({ issuer: 'i', subject: 's' });
    await asUser.caller.user.list({});
    expect(show(admin, { ...ctx }, ctx.caller, { ...asUser }, ctx.snapshot, ctx.as)).not.toContain(
      '0a1b2c3d4e5f',
    );
  });

  const echo = `you sent Convex ${KEY}`;
  const answers: [string, Reply | 'reset'][] = [
    ['a refusal that echoes it', { status: 403, json: { code: 'BadDeployKey', message: echo } }],
    [
      'a refusal that echoes it without its prefix',
      { status: 403, json: { code: 'BadDeployKey', message: KEY.replace('prod:', '') } },
    ],
    ['a code that echoes it', { status: 403, json: { code: KEY, message: 'no' } }],
    ['a proxy that echoes it', { status: 502, text: echo }],
    ['a function error that echoes it', failure(`Uncaught Error: ${echo}`)],
    ['data that echoes it', failure('[Request ID: 1f] Server Error', { header: echo })],
    ['a broken connection', 'reset'],
    ['a refusal', refused('InternalServerError', 500)],
  ];

  test.each(answers)('in errors, hooks and logs: %s', async (_name, answer) => {
    await using deployment = await deploy(() => answer);
    const seen: unknown[] = [];
    const printed = vi.spyOn(console, 'error').mockImplementation((...values) => {
      seen.push(values);
    });
    const watch = (event: unknown): void => void seen.push(event);
    const admin = adminOf(deployment, {
      onRequest: watch,
      onError: (event) => {
        watch(event);
        throw event.error;
      },
      interceptors: [
        (call, next) => {
          seen.push(call, [...call.headers]);
          return next();
        },
      ],
    });
    const ctx = await admin.createContext();
    for (const context of [ctx, ctx.as({ issuer: 'i', subject: 's' })]) {
      seen.push(await context.caller.user.list({}).catch((error: unknown) => error));
      seen.push(await context.snapshot((c) => [c.user.list()]).catch((error: unknown) => error));
    }
    expect(printed).toHaveBeenCalled();
    expect(seen.length).toBeGreaterThan(8);
    expect(show(...seen)).not.toContain('0a1b2c3d4e5f');
  });

  test.each([
    [
      'an error',
      (init: RequestInit, request: Request) =>
        Object.assign(new TypeError(`cannot send ${JSON.stringify(init.headers)}`), {
          request,
          init,
        }),
    ],
    ['a plain object', (init: RequestInit, request: Request) => ({ init, request })],
  ])('in what a custom fetch throws: %s', async (_name, toThrown) => {
    const admin = adminOf(
      { siteUrl: 'http://localhost:3211' },
      {
        fetch: async (url, init) => {
          throw toThrown(init, new Request(url, init));
        },
      },
    );
    const ctx = await admin.createContext();
    const error: unknown = await ctx.caller.user.list({}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'BAD_GATEWAY', origin: 'network' });
    expect(show(error)).not.toContain('0a1b2c3d4e5f');
  });

  test('and redirect() still passes untouched', async () => {
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/' });
    const admin = adminOf(
      { siteUrl: 'http://localhost:3211' },
      { fetch: () => Promise.reject(redirect) },
    );
    const ctx = await admin.createContext();
    await expect(ctx.caller.user.list({})).rejects.toBe(redirect);
  });

  test('and what a function returns is left as it is', async () => {
    await using deployment = await deploy(() => success(KEY));
    const ctx = await adminOf(deployment).createContext();
    expect(await ctx.caller.user.create({ name: 'Ada' })).toBe(KEY);
  });
});
