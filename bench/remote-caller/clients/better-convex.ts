import { createApiLeaf, createCallerFactory } from 'better-convex/server';
import { makeFunctionReference } from 'convex/server';
import type { Client } from '../client.ts';

/** Used as its documentation shows: a context for a request, calls through its caller. */
export async function connect(url: string): Promise<Client> {
  const leaf = (name: string) =>
    createApiLeaf<'query', ReturnType<typeof makeFunctionReference<'query'>>>(
      makeFunctionReference<'query'>(name),
      { type: 'query' },
    );
  const api = { bench: { small: leaf('bench:small'), rows: leaf('bench:rows') } };
  const { createContext } = createCallerFactory({ api, convexSiteUrl: url });
  const { caller } = await createContext({ headers: new Headers() });
  const { bench } = caller as unknown as {
    bench: Record<'small' | 'rows', (input: object) => Promise<unknown>>;
  };
  return { one: (size, n) => bench[size]({ n }) };
}
