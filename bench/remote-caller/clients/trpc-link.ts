import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import type { Client } from '../client.ts';

export async function connect(url: string): Promise<Client> {
  const client = createTRPCUntypedClient({ links: [httpLink({ url: `${url}/trpc` })] });
  return { one: (size, n) => client.query(size, { n }) };
}
