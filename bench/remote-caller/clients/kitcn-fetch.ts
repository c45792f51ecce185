import type { Client } from '../client.ts';
import { createBenchContext } from './kitcn-context.ts';

/** As it is where there is no Node, and where somebody replaced `fetch`. */
export async function connect(url: string): Promise<Client> {
  const { caller } = await createBenchContext(url, { transport: 'fetch' });
  return { one: (size, n) => caller.bench[size]({ n }) };
}
