import { createTRPCUntypedClient, httpBatchLink } from '@trpc/client';
import type { Client } from '../client.ts';

/** Calls of one tick travel as one request by themselves. */
export async function connect(url: string): Promise<Client> {
  const client = createTRPCUntypedClient({ links: [httpBatchLink({ url: `${url}/trpc` })] });
  return { one: (size, n) => client.query(size, { n }) };
}
