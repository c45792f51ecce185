/** Where the calls begin and end, so that the same file can be checked without them. */
export const CALLS = /\/\/ Calls[^]*\/\/ End\n/;

/** A file with 50 calls: a list and a creation in each of 25 modules. */
function consumer(head: string, call: (path: string, isQuery: boolean) => string): string {
  const calls = Array.from({ length: 25 }, (_, index) => {
    const list = call(`m${index}.list`, true);
    const create = call(`m${index}.create`, false);
    return `  results.push((await ${list}({ search${index}: 'a' }))[0]?.createdAt.getTime());
  results.push((await ${create}({ name: 'a', h${index}: 1 })).length);\n`;
  });
  return `${head}export async function callAll() {
  const results: unknown[] = [];
  // Calls
${calls.join('')}  // End
  return results;
}
`;
}

export const KITCN_CONSUMER: string = consumer(
  `import { createCallerFactory } from 'kitcn/server';
import { api } from './convex/shared/api';
const { createContext } = createCallerFactory({ api, convexSiteUrl: 'https://a.convex.site' });
const { caller } = await createContext({ headers: new Headers() });
`,
  (path) => `caller.${path}`,
);

export const BETTER_CONVEX_CONSUMER: string = KITCN_CONSUMER.replace('kitcn/', 'better-convex/');

export const TRPC_CONSUMER: string = consumer(
  `import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from './convex/router';
const client = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: 'https://a.example', transformer: superjson })],
});
`,
  (path, isQuery) => `client.${path}.${isQuery ? 'query' : 'mutate'}`,
);

export const ORPC_CONSUMER: string = consumer(
  `import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { RouterClient } from '@orpc/server';
import type { Router } from './convex/router';
const client: RouterClient<Router> = createORPCClient(new RPCLink({ url: 'https://a.example' }));
`,
  (path) => `client.${path}`,
);

export const CONVEX_CONSUMER: string = consumer(
  `import { ConvexHttpClient } from 'convex/browser';
import { api } from './convex/functions/_generated/api';
const client = new ConvexHttpClient('https://a.convex.cloud');
`,
  (path, isQuery) => `client.${isQuery ? 'query' : 'mutation'}(api.${path}, `,
)
  .replaceAll(', ({', ', {')
  .replaceAll('createdAt.getTime()', 'createdAt');
