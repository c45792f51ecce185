import { createApi } from 'kitcn/crpc';
import type { ApiLeaf } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import type { ConvexContext, CreateCallerFactoryOptions } from 'kitcn/server';

interface Api {
  bench: {
    small: ApiLeaf<'query', { n: number }, unknown>;
    rows: ApiLeaf<'query', { n: number }, unknown>;
  };
}

/** A context for a request, as a server would make one. */
export async function createBenchContext(
  url: string,
  options: Partial<CreateCallerFactoryOptions<Api>> = {},
): Promise<ConvexContext<Api>> {
  const api = createApi<Api>({ bench: { small: { type: 'query' }, rows: { type: 'query' } } });
  const factory = createCallerFactory({ api, convexSiteUrl: url, convexUrl: url, ...options });
  return factory.createContext({ headers: new Headers() });
}
