// What an import costs whoever bundles it. The peers of kitcn are not counted, or Convex's is.
import path from 'node:path';
import { costOf } from '../../tests/package/import-cost.fixture.ts';

const HERE = import.meta.dirname;
/** Where kitcn is installed; the others are here. */
const TESTS = path.join(HERE, '../../tests');

interface Contender {
  name: string;
  use: string;
  from?: string;
  conditions?: string[];
}

const CONTENDERS: readonly Contender[] = [
  {
    name: 'kitcn createCallerFactory',
    use: `export { createCallerFactory } from 'kitcn/server'`,
    from: TESTS,
  },
  {
    name: 'better-convex createCallerFactory',
    use: `export { createCallerFactory } from 'better-convex/server'`,
  },
  { name: 'ConvexHttpClient', use: `export { ConvexHttpClient } from 'convex/browser'` },
  {
    name: 'tRPC client, httpBatchLink',
    use: `export { createTRPCClient, httpBatchLink } from '@trpc/client'`,
  },
  {
    name: 'oRPC client, RPCLink',
    use: `export { createORPCClient } from '@orpc/client'; export { RPCLink } from '@orpc/client/fetch'`,
  },
  {
    name: 'kitcn initCRPC',
    use: `export { initCRPC } from 'kitcn/server'`,
    from: TESTS,
    conditions: ['convex'],
  },
  {
    name: 'better-convex initCRPC',
    use: `export { initCRPC } from 'better-convex/server'`,
    conditions: ['convex'],
  },
  { name: 'tRPC initTRPC', use: `export { initTRPC } from '@trpc/server'` },
  { name: 'oRPC os', use: `export { os } from '@orpc/server'` },
];

console.log('Bytes, minified and gzipped: without peers, with Convex’s code, all in one file');
for (const { name, use: contents, from: resolveDir = HERE, conditions = [] } of CONTENDERS) {
  const use = { contents, resolveDir, conditions };
  const own = await costOf({ ...use, peers: ['convex', 'convex-helpers', 'zod'] });
  const withConvex = await costOf({ ...use, peers: ['convex-helpers', 'zod'] });
  const figures = [own.bytes, withConvex.bytes, own.inOneFile];
  console.log(name.padEnd(34), ...figures.map((bytes) => String(bytes).padStart(7)));
}
