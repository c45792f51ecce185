// Imports an item for each line that it reads, as a worker would for each job of a queue.
import { createInterface } from 'node:readline';
import { api } from '@convex/api';
import { isCRPCError } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import { createServiceToken } from './service-token';

const stopped = new AbortController();
process.once('SIGTERM', () => stopped.abort());

const { createContext } = createCallerFactory({
  api,
  convexSiteUrl: process.env.NEXT_PUBLIC_CONVEX_SITE_URL!,
  auth: { getToken: async () => ({ token: await createServiceToken(), isFresh: true }) },
  timeoutMs: 30_000,
  retries: 3,
  signal: stopped.signal,
});

for await (const title of createInterface({ input: process.stdin })) {
  // A context for each job: its token is as young as the job.
  const ctx = await createContext({ headers: new Headers() });
  try {
    const { subject } = await ctx.caller.user.getSessionUser({});
    const { total } = await ctx.caller.items.writes.importAll({ titles: [title] });
    console.log(`${subject}: ${title}, ${total} in all`);
  } catch (error) {
    if (!isCRPCError(error)) throw error;
    console.error(`${title}: ${error.code} ${error.message}`);
  }
}
