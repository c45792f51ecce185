// How long it takes until a saved file answers in `kitcn dev`: `npm run bench:dev-reload -- [--smoke]`
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeKitcn } from '../codegen/projects.ts';

const isSmoke = process.argv.includes('--smoke');
const MODULES = isSmoke ? 5 : 100;
const SAVES = isSmoke ? 2 : 10;
/** Between an answer and the next save: nobody saves again sooner. */
const PAUSE_MS = 700;
const PACKAGE = path.join(import.meta.dirname, '../../packages/kitcn');

/** Milliseconds after the save. */
interface Sample {
  /** The files that are generated are up to date. */
  generated: number;
  /** The terminal says so. */
  deployed: number;
  /** A query over HTTP answers with the new code. */
  live: number;
}

interface Dev extends AsyncDisposable {
  url: string;
  /** When the next line that matches is printed. */
  next(line: RegExp): Promise<number>;
}

async function startDev(cwd: string): Promise<Dev> {
  const main = path.join(PACKAGE, 'dist/cli/main.js');
  const args = [main, 'dev', '--port=0', '--site-port=0', '--data=:memory:'];
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const waiting = new Set<{ line: RegExp; resolve: (text: string) => void }>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      for (const each of waiting) {
        if (!each.line.test(text)) continue;
        waiting.delete(each);
        each.resolve(text);
      }
    });
  }
  const nextLine = (line: RegExp): Promise<string> =>
    new Promise((resolve) => void waiting.add({ line, resolve }));
  const line = await nextLine(/^NEXT_PUBLIC_CONVEX_URL=/);
  return {
    url: line.slice(line.indexOf('=') + 1),
    next: async (expected) => {
      await nextLine(expected);
      return performance.now();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function stampOf(url: string): Promise<unknown> {
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: 'mod3:stamp', args: {}, format: 'json' }),
  });
  const { value } = (await response.json()) as { value?: unknown };
  return value;
}

/** The text of a module whose query `stamp` answers this number. */
interface Version {
  text: string;
  stamp: number;
}

/** Saves a version and waits until it answers. */
async function save(dev: Dev, file: string, { text, stamp }: Version): Promise<Sample> {
  const generated = dev.next(/^codegen: /);
  const deployed = dev.next(/^deployed/);
  const savedAt = performance.now();
  await writeFile(file, text);
  while ((await stampOf(dev.url)) !== stamp) await sleep(2);
  const live = performance.now();
  const times = { generated: await generated, deployed: await deployed, live };
  return {
    generated: times.generated - savedAt,
    deployed: times.deployed - savedAt,
    live: times.live - savedAt,
  };
}

function print(name: string, samples: readonly Sample[]): void {
  const column = (key: keyof Sample): string => {
    const values = samples.map((sample) => sample[key]).sort((a, b) => a - b);
    const middle = values[values.length >> 1] ?? 0;
    return `${middle.toFixed(0)} (${(values[0] ?? 0).toFixed(0)})`.padStart(12);
  };
  console.log(name.padEnd(28), column('generated'), column('deployed'), column('live'));
}

async function measure(folder: string): Promise<void> {
  const file = path.join(folder, 'convex/functions/mod3.ts');
  const base = await readFile(file, 'utf8');
  let stamp = 0;
  const version = (more = ''): Version => {
    stamp += 1;
    const text = `${base}export const stamp = publicQuery.output(z.number()).query(async () => ${stamp});\n${more}`;
    return { text, stamp };
  };
  await writeFile(file, version().text);
  await using dev = await startDev(folder);
  const changed: Sample[] = [];
  const added: Sample[] = [];
  for (let index = 0; index < SAVES; index += 1) {
    await sleep(PAUSE_MS);
    changed.push(await save(dev, file, version()));
    await sleep(PAUSE_MS);
    const more = `export const more${index} = publicQuery.query(async () => null);\n`;
    added.push(await save(dev, file, version(more)));
    await sleep(PAUSE_MS);
    await save(dev, file, version());
  }
  console.log(`${MODULES} modules, ${SAVES} saves each; ms after the save, median (least)`);
  console.log(''.padEnd(28), ...['generated', 'deployed', 'live'].map((name) => name.padStart(12)));
  print('the body of a function', changed);
  print('one more function', added);
}

// Inside the package, so that there is one copy of `convex`, `zod` and `convex-helpers`.
const folder = await mkdtemp(path.join(PACKAGE, '.kitcn-test-reload-'));
try {
  await writeKitcn(folder, MODULES);
  await measure(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
