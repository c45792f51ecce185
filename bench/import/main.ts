// What it costs Node to load the library: cold processes, in turn. `-- --smoke` for a quick pass.
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const HERE = import.meta.dirname;
/** Where our own peers are installed; the others bring theirs. */
const PACKAGE = path.join(HERE, '../../packages/kitcn');
const PEERS = 'convex/server and zod';

/** What a process loads, and from where. */
const CONTENDERS: readonly { name: string; from: string; load: readonly string[] }[] = [
  { name: PEERS, from: PACKAGE, load: ['convex/server', 'zod'] },
  { name: 'kitcn/server', from: PACKAGE, load: ['kitcn/server'] },
  { name: 'kitcn/server, kitcn/crpc', from: PACKAGE, load: ['kitcn/server', 'kitcn/crpc'] },
  { name: 'better-convex/server', from: HERE, load: ['better-convex/server'] },
  { name: '@orpc/server and zod', from: HERE, load: ['@orpc/server', 'zod'] },
  { name: '@trpc/server and zod', from: HERE, load: ['@trpc/server', 'zod'] },
];

const rounds = process.argv.includes('--smoke') ? 2 : 25;
const run = promisify(execFile);
const times = new Map(CONTENDERS.map(({ name }) => [name, [] as number[]]));

for (let round = 0; round < rounds; round++) {
  for (const { name, from, load } of CONTENDERS) times.get(name)?.push(await measure(from, load));
}

const [cpu] = cpus();
console.log(`${cpus().length} × ${cpu?.model}, Node ${process.version}, ${process.platform}`);
console.log(`\nLoad in a new process, ms: least and median of ${rounds}; × is of the least`);
const base = Math.min(...(times.get(PEERS) ?? []));
for (const [name, taken] of times) {
  const sorted = taken.toSorted((a, b) => a - b);
  const least = sorted[0] ?? Number.NaN;
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const figures = [least.toFixed(1), median.toFixed(1)].map((figure) => figure.padStart(7));
  console.log(`  ${name.padEnd(30)} ${figures.join(' ')}  × ${(least / base).toFixed(2)}`);
}

/** Milliseconds of CPU, so that what else the machine does is not counted, of a process that loads what it is told. */
async function measure(from: string, load: readonly string[]): Promise<number> {
  const program = `const start = process.cpuUsage();
${load.map((name) => `await import('${name}');`).join('\n')}
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1000);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: from,
  });
  return Number(stdout);
}
