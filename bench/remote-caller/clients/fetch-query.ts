import { fetchQuery } from 'convex/nextjs';
import { anyApi } from 'convex/server';
import type { Client } from '../client.ts';

export async function connect(url: string): Promise<Client> {
  const references = { small: anyApi['bench']!['small']!, rows: anyApi['bench']!['rows']! };
  return { one: (size, n) => fetchQuery(references[size], { n }, { url }) };
}
