import { Agent, request } from 'node:http';
import type { Client } from '../client.ts';

export async function connect(url: string): Promise<Client> {
  const agent = new Agent({ keepAlive: true });
  const post = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json' };
      const outgoing = request(`${url}/api/query`, { method: 'POST', agent, headers });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      outgoing.end(body);
    });
  return {
    one: async (size, n) => {
      const body = { path: `bench:${size}`, format: 'convex_encoded_json', args: [{ n }] };
      const { value } = JSON.parse(await post(JSON.stringify(body))) as { value: unknown };
      return value;
    },
  };
}
