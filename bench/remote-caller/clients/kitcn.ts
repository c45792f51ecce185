import type { Client } from '../client.ts';
import { createBenchContext } from './kitcn-context.ts';

export async function connect(url: string): Promise<Client> {
  const { caller } = await createBenchContext(url);
  return { one: (size, n) => caller.bench[size]({ n }) };
}
