// How long it takes to generate the code of a project: `npm run bench:codegen -- [--smoke]`
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGE, writeBetterConvex, writeKitcn } from './projects.ts';
import type { WriteProject } from './projects.ts';

const isSmoke = process.argv.includes('--smoke');
const SIZES = isSmoke ? [5] : [100, 500];
const ROUNDS = isSmoke ? 1 : 3;
const root = path.join(import.meta.dirname, '..');

/** One way to generate code: a program, and the line that it prints when the files are written. */
interface Contender {
  name: string;
  write: WriteProject;
  command: string[];
  ready: RegExp;
}

const KITCN: Contender = {
  name: 'kitcn',
  write: writeKitcn,
  command: ['node_modules/.bin/kitcn', 'codegen'],
  ready: /^codegen: /,
};

/** Its `codegen` goes on with Convex's own, which needs a deployment: the time is taken before that. */
const BETTER_CONVEX: Contender = {
  name: 'better-convex 0.11',
  write: writeBetterConvex,
  command: ['bench/node_modules/.bin/better-convex', 'codegen'],
  ready: /api ready/,
};

interface Sample {
  ms: number;
  /** Peak memory of the process, in MB. */
  memory: number;
}

interface Running {
  process: ReturnType<typeof spawn>;
  ended: Promise<unknown>;
  /** Resolves at the next line that matches. */
  next(line: RegExp): Promise<void>;
}

function start(command: readonly string[], cwd: string): Running {
  const [program = '', ...args] = command;
  const file = path.join(root, '..', program);
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const waiting: { line: RegExp; resolve: () => void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (waiting[0]?.line.test(line) === true) waiting.shift()?.resolve();
    });
  }
  return {
    process: child,
    ended: new Promise((resolve) => child.once('close', resolve)),
    next: (line) => new Promise((resolve) => void waiting.push({ line, resolve })),
  };
}

async function peakMemory({ pid }: { pid?: number | undefined }): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function runOnce({ command, ready }: Contender, cwd: string): Promise<Sample> {
  const startedAt = performance.now();
  const running = start(command, cwd);
  await running.next(ready);
  const ms = performance.now() - startedAt;
  const memory = await peakMemory(running.process);
  running.process.kill('SIGKILL');
  await running.ended;
  return { ms, memory };
}

/** From a save to the files written, while `kitcn codegen --watch` runs. */
async function changeWhileWatching(cwd: string, file: string): Promise<Sample[]> {
  const running = start([...KITCN.command, '--watch'], cwd);
  await running.next(KITCN.ready);
  const samples: Sample[] = [];
  for (let change = 0; change < 4; change += 1) {
    await sleep(isSmoke ? 500 : 1500);
    const startedAt = performance.now();
    await appendFile(file, CHANGE.replace('extra', `more${change}`));
    await running.next(KITCN.ready);
    samples.push({ ms: performance.now() - startedAt, memory: await peakMemory(running.process) });
  }
  running.process.kill('SIGKILL');
  await running.ended;
  return samples;
}

function median(samples: readonly Sample[]): string {
  const middle = (values: number[]): number =>
    values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const ms = middle(samples.map((sample) => sample.ms));
  const memory = middle(samples.map((sample) => sample.memory));
  return `${(ms / 1000).toFixed(2)} s, ${memory.toFixed(0)} MB`;
}

type Samples = Map<string, Sample[]>;

function add(samples: Samples, name: string, more: readonly Sample[]): void {
  samples.set(name, [...(samples.get(name) ?? []), ...more]);
}

async function measureRound(folder: string, modules: number, samples: Samples): Promise<void> {
  for (const contender of [KITCN, BETTER_CONVEX]) {
    const project = await mkdtemp(path.join(folder, 'project-'));
    const file = path.join(project, 'convex/functions/mod3.ts');
    await contender.write(project, modules);
    const cold = await runOnce(contender, project);
    add(samples, `${contender.name}, nothing generated yet`, [cold]);
    await appendFile(file, CHANGE);
    add(samples, `${contender.name}, again after one change`, [await runOnce(contender, project)]);
    if (contender !== KITCN) continue;
    add(samples, 'kitcn --watch, one change', await changeWhileWatching(project, file));
  }
}

for (const modules of SIZES) {
  const folder = await mkdtemp(path.join(root, '.tmp-codegen-'));
  const samples: Samples = new Map();
  try {
    for (let round = 0; round < ROUNDS; round += 1) await measureRound(folder, modules, samples);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`\n${modules} modules of 5 procedures`);
  for (const [name, list] of samples) console.log(`  ${name.padEnd(45)} ${median(list)}`);
}
