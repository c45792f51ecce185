import type { Client } from '../client.ts';
import { createBenchContext } from './kitcn-context.ts';

/** All calls in one request, at one timestamp of the database. */
export async function connect(url: string): Promise<Client> {
  const ctx = await createBenchContext(url);
  return {
    one: (size, n) => ctx.caller.bench[size]({ n }),
    many: (size, count) =>
      ctx.snapshot((c) => Array.from({ length: count }, (_, n) => c.bench[size]({ n }))),
  };
}
