import { expectTypeOf, test } from 'vitest';
import type { ApiLeaf } from '../api/api-function.ts';
import type { ConvexContext } from './convex-context.ts';
import { createCallerFactory } from './create-caller-factory.ts';
import type { AdminCallerFactory } from './caller-factory.ts';
import type { LazyCaller } from './lazy-caller.ts';
import type { ServerCaller } from './server-caller.ts';

interface User {
  name: string;
  at: Date;
}

interface Api {
  user: {
    list: ApiLeaf<'query', {}, User[]>;
    find: ApiLeaf<'query', { name?: string }, User | null>;
    getById: ApiLeaf<'query', { id: string }, User>;
  };
  items: { queries: { count: ApiLeaf<'query', {}, number> }; add: ApiLeaf<'mutation', {}, null> };
}

declare const api: Api;
declare const request: { headers: Headers };

test('inputs and outputs are those of the procedures', async () => {
  const { createContext, createCaller } = createCallerFactory({
    api,
    convexSiteUrl: process.env['NEXT_PUBLIC_CONVEX_SITE_URL']!,
  });
  const ctx = await createContext({ headers: request.headers });
  expectTypeOf(ctx).toEqualTypeOf<ConvexContext<Api>>();
  expectTypeOf(ctx.token).toEqualTypeOf<string | undefined>();
  expectTypeOf(ctx.isAuthenticated).toEqualTypeOf<boolean>();
  expectTypeOf(ctx.caller).toEqualTypeOf<ServerCaller<Api>>();
  expectTypeOf(await ctx.caller.user.list({})).toEqualTypeOf<User[]>();
  expectTypeOf(await ctx.caller.user.list()).toEqualTypeOf<User[]>();
  expectTypeOf(await ctx.caller.user.find()).toEqualTypeOf<User | null>();
  expectTypeOf(await ctx.caller.user.getById({ id: 'a' })).toEqualTypeOf<User>();
  expectTypeOf(await ctx.caller.items.queries.count()).toEqualTypeOf<number>();
  expectTypeOf<Awaited<ReturnType<typeof ctx.caller.user.getById>>>().toEqualTypeOf<User>();

  const caller = createCaller(() => createContext({ headers: request.headers }));
  expectTypeOf(caller).toEqualTypeOf<LazyCaller<Api>>();
  expectTypeOf(await caller.user.getById({ id: 'a' })).toEqualTypeOf<User>();
  expectTypeOf(caller.isAuth()).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(caller.isUnauth()).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(caller.getToken()).toEqualTypeOf<Promise<string | undefined>>();
});

test('null comes with skipUnauth only', async () => {
  const { user } = {} as ServerCaller<Api>;
  expectTypeOf(await user.getById({ id: 'a' }, { skipUnauth: true })).toEqualTypeOf<User | null>();
  expectTypeOf(await user.list(undefined, { skipUnauth: true })).toEqualTypeOf<User[] | null>();
  expectTypeOf(await user.getById({ id: 'a' }, { skipUnauth: false })).toEqualTypeOf<User>();
  expectTypeOf(await user.getById({ id: 'a' }, { timeoutMs: 5 })).toEqualTypeOf<User>();
});

test('retries and dedupe are for queries', () => {
  const { user, items } = {} as ServerCaller<Api>;
  void user.list({}, { retries: 2, dedupe: false });
  void user.list({}, { retries: 2, skipUnauth: true });
  void items.add({}, { timeoutMs: 5, skipUnauth: true });
  // @ts-expect-error a mutation is never sent twice by itself
  void items.add({}, { retries: 2 });
  // @ts-expect-error and each one is meant
  void items.add({}, { dedupe: true });
});

test('acting as a user takes an admin key', async () => {
  const convexSiteUrl = 'http://localhost:3211';
  const admin = createCallerFactory({ api, convexSiteUrl, adminKey: 'key' });
  expectTypeOf(admin).toEqualTypeOf<AdminCallerFactory<Api>>();
  const ctx = await admin.createContext();
  const asUser = ctx.as({ issuer: 'https://auth.example', subject: 'u1', role: 'owner' });
  expectTypeOf(asUser).toEqualTypeOf<ConvexContext<Api>>();
  // @ts-expect-error whom?
  ctx.as({ subject: 'u1' });
  const plain = await createCallerFactory({ api, convexSiteUrl }).createContext(request);
  // @ts-expect-error no key
  void plain.as;
  // @ts-expect-error an admin of headers only
  await createCallerFactory({ api, convexSiteUrl }).createContext();
});

test('mistakes are errors', () => {
  const { user } = {} as ServerCaller<Api>;
  // @ts-expect-error no such procedure
  void user.lst;
  // @ts-expect-error the input is missing
  void user.getById();
  // @ts-expect-error a field is missing
  void user.getById({});
  // @ts-expect-error a field has another type
  void user.getById({ id: 7 });
  // @ts-expect-error a field too many
  void user.getById({ id: 'a', nmae: 'b' });
  // @ts-expect-error no such option
  void user.list({}, { timeout: 5 });
});

test("the page's getToken compiles as written", () => {
  createCallerFactory({
    api,
    convexSiteUrl: process.env['NEXT_PUBLIC_CONVEX_SITE_URL']!,
    auth: {
      getToken: async (siteUrl, headers) => {
        expectTypeOf(siteUrl).toEqualTypeOf<string>();
        // Extract token from headers (implement your auth logic)
        const token = headers.get('authorization')?.replace('Bearer ', '');
        return { token };
      },
      isUnauthorized: (error) => error instanceof Error,
    },
    fetch,
    onRequest: ({ path, kind, attempt }) => console.log(path, kind, attempt),
    onSuccess: ({ output, durationMs }) => console.log(output, durationMs),
    onError: ({ error, origin, requestId }) => console.log(error, origin, requestId),
    interceptors: [
      async (call, next) => {
        call.headers.set('x-shop', '1');
        return await next();
      },
    ],
    transformer: { serialize: (value) => value, deserialize: (value) => value },
  });
});
