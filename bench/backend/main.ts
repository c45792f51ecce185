// The embedded backend beside convex-test and SQLite by hand. `npm run bench:backend`, with `-- --smoke` for a quick pass.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureRounds, summarize } from '../remote-caller/measure.ts';
import type { Subject } from '../remote-caller/measure.ts';
import { FULL, SMOKE, toCases } from './cases.ts';
import type { Case } from './cases.ts';
import { openContenders } from './contenders.ts';
import { idleMemory, startCase } from './processes.ts';

const isSmoke = process.argv.includes('--smoke');
const sizes = isSmoke ? SMOKE : FULL;
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const isWanted = (title: string): boolean => wanted === undefined || title.includes(wanted);

const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${load()}`);
const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-bench-'));
try {
  await using contenders = await openContenders(folder, sizes);
  for (const one of [startCase(contenders, sizes), ...toCases(contenders, sizes)]) {
    if (isWanted(one.title)) await report(one);
  }
  if (isWanted('idle memory')) await reportMemory();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function report({ title, unit, rounds, baseline, open }: Case): Promise<void> {
  const { subjects, close } = await open();
  const measured = await measureRounds(subjects.map(afterTurn), rounds);
  await close?.();
  const best = unit === 'calls/s' ? Math.max : Math.min;
  console.log(`\n${title} (${load()})\n\n| | ${unit}, median | best | × ${baseline} |`);
  console.log('| --- | ---: | ---: | ---: |');
  for (const { name, median, ratio } of summarize(measured, baseline)) {
    const figures = measured.map((round) => round.get(name) ?? NaN);
    console.log(`| ${name} | ${show(median)} | ${show(best(...figures))} | ${ratio.toFixed(2)} |`);
  }
}

/** What others did may have kept this thread busy for so long that connections were closed; it hears of it first. */
function afterTurn({ name, run }: Subject): Subject {
  return {
    name,
    async run() {
      await sleep(20);
      return run();
    },
  };
}

async function reportMemory(): Promise<void> {
  console.log(`\nidle memory (${load()})\n\n| | MB |\n| --- | ---: |`);
  for (const [name, megabytes] of await idleMemory(folder)) {
    console.log(`| ${name} | ${show(megabytes)} |`);
  }
}

function show(figure: number): string {
  return figure.toFixed(figure < 10 ? 2 : figure < 100 ? 1 : 0);
}
