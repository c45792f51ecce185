// Adds an item for each argument and prints how many there are: `tsx src/scripts/import-items.ts COBOL FORTRAN`
import { createContext } from '@/lib/convex/server-without-auth';

const ctx = await createContext({ headers: new Headers() });

for (const title of process.argv.slice(2)) {
  await ctx.caller.items.writes.add({ title });
}
const items = await ctx.caller.items.queries.list({}, { timeoutMs: 5_000 });
console.log(`${items.length} items`);
