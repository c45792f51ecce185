import { ConvexHttpClient } from 'convex/browser';
import { anyApi } from 'convex/server';
import type { Client } from '../client.ts';

export async function connect(url: string): Promise<Client> {
  const client = new ConvexHttpClient(url);
  const references = { small: anyApi['bench']!['small']!, rows: anyApi['bench']!['rows']! };
  return { one: (size, n) => client.query(references[size], { n }) };
}
