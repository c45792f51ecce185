import { request } from 'undici';
import type { Client } from '../client.ts';

export async function connect(url: string): Promise<Client> {
  return {
    one: async (size, n) => {
      const { body } = await request(`${url}/api/query`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          path: `bench:${size}`,
          format: 'convex_encoded_json',
          args: [{ n }],
        }),
      });
      const { value } = (await body.json()) as { value: unknown };
      return value;
    },
  };
}
