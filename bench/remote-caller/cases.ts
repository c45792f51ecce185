import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CONVEX_ANSWERS, TRPC_ANSWERS } from './answers.ts';
import type { Size } from './answers.ts';
import { callMany, connect, CONTENDERS } from './client.ts';
import type { CaseName, Client, Contender } from './client.ts';
import type { Subject } from './measure.ts';

/** How much is done in one turn of one contender. */
export interface Effort {
  rounds: number;
  calls: number;
  stubbedCalls: number;
  bursts: number;
  coldRounds: number;
}

export const FULL: Effort = {
  rounds: 21,
  calls: 400,
  stubbedCalls: 5_000,
  bursts: 10,
  coldRounds: 9,
};
export const SMOKE: Effort = { rounds: 1, calls: 20, stubbedCalls: 50, bursts: 1, coldRounds: 1 };

export interface Case {
  title: string;
  unit: 'µs' | 'ms' | 'calls/s';
  rounds: number;
  subjects(url: string): Promise<Subject[]>;
}

const IN_FLIGHT = 20;

export function toCases(effort: Effort): Case[] {
  const { rounds, calls, bursts } = effort;
  const sizes = [
    ['small', 'small answers'],
    ['rows', '100 rows'],
  ] as const;
  return [
    {
      title: 'One call, `fetch` stubbed',
      unit: 'µs',
      rounds,
      subjects: (url) => stubbed(url, effort.stubbedCalls),
    },
    ...sizes.map(([size, label]): Case => ({
      title: `One call after the other, ${label}`,
      unit: 'µs',
      rounds,
      subjects: (url) => each('one', url, (client) => oneByOne(client, size, calls)),
    })),
    ...sizes.map(([size, label]): Case => ({
      title: `20 in flight, ${label}`,
      unit: 'calls/s',
      rounds,
      subjects: (url) => each('flight', url, (client) => inFlight(client, size, calls)),
    })),
    ...sizes.map(([size, label]): Case => ({
      title: `20 calls fired together, ${label}`,
      unit: 'ms',
      rounds,
      subjects: (url) => each('twenty', url, (client) => together(client, size, bursts)),
    })),
    {
      title: 'The first 20 calls of a new process, fired together, small answers',
      unit: 'ms',
      rounds: effort.coldRounds,
      subjects: async (url) => contendersOf('cold').map((contender) => cold(contender, url)),
    },
  ];
}

function contendersOf(name: CaseName): Contender[] {
  return CONTENDERS.filter(({ cases }) => cases.includes(name));
}

function each(
  name: CaseName,
  url: string,
  run: (client: Client) => Promise<number>,
): Promise<Subject[]> {
  return Promise.all(
    contendersOf(name).map(async (contender) => {
      const client = await connect(contender.file, url);
      return { name: contender.name, run: () => run(client) };
    }),
  );
}

async function oneByOne(client: Client, size: Size, calls: number): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < calls; n++) await client.one(size, n);
  return ((performance.now() - start) * 1000) / calls;
}

async function inFlight(client: Client, size: Size, calls: number): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) await client.one(size, next++);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (calls * 1000) / (performance.now() - start);
}

async function together(client: Client, size: Size, bursts: number): Promise<number> {
  const start = performance.now();
  for (let burst = 0; burst < bursts; burst++) await callMany(client, size, IN_FLIGHT);
  return (performance.now() - start) / bursts;
}

/** What a call costs besides the network: the answer is there at once, and as cheap as an answer can be. */
async function stubbed(url: string, calls: number): Promise<Subject[]> {
  const realFetch = globalThis.fetch;
  const subjects = await each('stubbed', url, (client) => oneByOne(client, 'small', calls));
  return subjects.map(({ name, run }) => ({
    name,
    run: async () => {
      globalThis.fetch = stubFetch(name.startsWith('tRPC') ? TRPC_ANSWERS : CONVEX_ANSWERS);
      try {
        return await run();
      } finally {
        globalThis.fetch = realFetch;
      }
    },
  }));
}

function stubFetch(answers: Record<Size, string>): typeof fetch {
  const response = {
    ok: true,
    status: 200,
    headers: new Headers({ 'Content-Type': 'application/json' }),
    text: async () => answers.small,
    json: async () => JSON.parse(answers.small),
  };
  return async () => response as Response; // As much of one as any contender reads.
}

/** In a process that has loaded the client and has called nothing yet. */
function cold({ name, file }: Contender, url: string): Subject {
  const program = fileURLToPath(new URL('cold-start.ts', import.meta.url));
  const run = async (): Promise<number> => {
    const args = ['--no-warnings', program, file, url, String(IN_FLIGHT)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return Number(stdout);
  };
  return { name, run };
}
