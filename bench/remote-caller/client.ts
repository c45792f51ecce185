import type { Size } from './answers.ts';

/** One way to call the scripted server. `n` makes the calls differ, so that none can be left out. */
export interface Client {
  one(size: Size, n: number): Promise<unknown>;
  /** Many calls fired together; left out where that is many times `one`. */
  many?(size: Size, count: number): Promise<unknown>;
}

/** What each file of `clients/` exports: loads what it needs and is ready to call. */
export interface ClientModule {
  connect(url: string): Promise<Client>;
}

export interface Contender {
  name: string;
  /** In `clients/`. */
  file: string;
  cases: readonly CaseName[];
}

export type CaseName = 'stubbed' | 'one' | 'flight' | 'twenty' | 'cold';

/** The one that all others are compared with. */
export const BASELINE = 'ConvexHttpClient';

const OVER_FETCH: CaseName[] = ['stubbed', 'one', 'flight', 'twenty', 'cold'];
const OVER_SOCKETS: CaseName[] = ['one', 'flight', 'twenty', 'cold'];

export const CONTENDERS: readonly Contender[] = [
  { name: 'fetch by hand', file: 'raw-fetch', cases: OVER_FETCH },
  { name: 'node:http by hand', file: 'node-http', cases: OVER_SOCKETS },
  { name: 'undici request', file: 'undici-request', cases: OVER_SOCKETS },
  { name: BASELINE, file: 'convex-http-client', cases: OVER_FETCH },
  { name: 'convex/nextjs fetchQuery', file: 'fetch-query', cases: OVER_FETCH },
  { name: 'better-convex 0.11', file: 'better-convex', cases: OVER_FETCH },
  { name: 'tRPC httpLink', file: 'trpc-link', cases: OVER_FETCH },
  { name: 'tRPC httpBatchLink', file: 'trpc-batch-link', cases: ['twenty', 'cold'] },
  { name: 'kitcn over fetch', file: 'kitcn-fetch', cases: ['one', 'flight', 'twenty', 'cold'] },
  { name: 'kitcn', file: 'kitcn', cases: OVER_FETCH },
  { name: 'kitcn snapshot', file: 'kitcn-snapshot', cases: ['twenty', 'cold'] },
];

export async function connect(file: string, url: string): Promise<Client> {
  const module: ClientModule = await import(`./clients/${file}.ts`);
  return module.connect(url);
}

export function callMany(client: Client, size: Size, count: number): Promise<unknown> {
  if (client.many !== undefined) return client.many(size, count);
  return Promise.all(Array.from({ length: count }, (_, n) => client.one(size, n)));
}
