import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Subject } from '../remote-caller/measure.ts';
import type { Contenders, Sizes } from './contenders.ts';
import { mutation, openConvexTest, query } from './convex-test-rows.ts';
import { openSubscribers } from './subscribers.ts';

export interface Case {
  readonly title: string;
  readonly unit: 'ms' | 'µs' | 'calls/s';
  readonly rounds: number;
  readonly baseline: string;
  open(): Promise<{ subjects: Subject[]; close?: () => Promise<void> }>;
}

export const FULL: Sizes = {
  rounds: 9,
  many: 1_000_000,
  manyInConvexTest: 10_000,
  subscribers: 1_000,
  callsMs: 1_000,
};

export const SMOKE: Sizes = {
  rounds: 2,
  many: 50_000,
  manyInConvexTest: 2_000,
  subscribers: 200,
  callsMs: 300,
};

const SQLITE = 'node:sqlite';
const SERVER = 'node:http and node:sqlite';
const FEW = 1_000;
const MOST_GROUPED = 16;

export function toCases(contenders: Contenders, sizes: Sizes): Case[] {
  return [
    trivialQueries(contenders, sizes),
    mutations(contenders, sizes),
    ranges(contenders, sizes),
    lookups(contenders, sizes),
    subscribers(contenders, sizes),
  ];
}

function trivialQueries({ kitcn, server, convexTest }: Contenders, sizes: Sizes): Case {
  let number = 0;
  const rate = (name: string, call: (args: { number: number }) => Promise<unknown>): Subject => ({
    name,
    run: () => callsPerSecond(20, sizes.callsMs, () => call({ number: (number += 1) })),
  });
  const subjects = [
    rate('kitcn', (args) => kitcn.call('query', 'trivial', args)),
    rate('kitcn, from its cache', () => kitcn.call('query', 'trivial', { number: -1 })),
    rate(SERVER, (args) => server.call('query', 'trivial', args)),
    rate('convex-test, no HTTP', (args) => convexTest.query(query('trivial'), args)),
  ];
  const title = 'trivial query, 20 in flight';
  return {
    title,
    unit: 'calls/s',
    rounds: sizes.rounds,
    baseline: SERVER,
    open: async () => ({ subjects }),
  };
}

function mutations({ kitcn, server, sqlite }: Contenders, sizes: Sizes): Case {
  // Of its own: every document makes convex-test's reads slower.
  const convexTest = openConvexTest();
  const text = 'x'.repeat(100);
  const rate = (name: string, call: () => Promise<unknown>): Subject => ({
    name,
    run: () => callsPerSecond(MOST_GROUPED, sizes.callsMs, call),
  });
  const raw = (group: number): Subject => ({
    name: `${SQLITE}, ${group === 1 ? 'a commit each' : `${group} in a commit`}`,
    run: async () => {
      const texts = Array.from({ length: group }, () => text);
      const start = performance.now();
      let count = 0;
      for (; performance.now() - start < sizes.callsMs; count += group) sqlite.write(texts);
      return (count / (performance.now() - start)) * 1_000;
    },
  });
  const subjects = [
    rate('kitcn', () => kitcn.call('mutation', 'write', { text })),
    rate(SERVER, () => server.call('mutation', 'write', { text })),
    raw(1),
    raw(MOST_GROUPED),
    rate('convex-test, no HTTP, no disk', () => convexTest.mutation(mutation('write'), { text })),
  ];
  const title = 'one-row mutations on disk, 16 clients';
  return {
    title,
    unit: 'calls/s',
    rounds: sizes.rounds,
    baseline: SERVER,
    open: async () => ({ subjects }),
  };
}

function ranges({ kitcn, sqlite, convexTest }: Contenders, sizes: Sizes): Case {
  const perCall = 100;
  const next = (): number[] => randomNumbers(perCall, FEW - 100);
  const subjects = [
    micros('kitcn', perCall, () => kitcn.call('query', 'ranges', { starts: next() })),
    micros(`${SQLITE} and JSON.parse`, perCall, () => sqlite.ranges(next())),
    micros('convex-test', 5, () =>
      convexTest.query(query('ranges'), { starts: next().slice(0, 5) }),
    ),
  ];
  const title = 'a range of 100 documents, 100 of them in a query';
  const baseline = `${SQLITE} and JSON.parse`;
  return { title, unit: 'µs', rounds: sizes.rounds, baseline, open: async () => ({ subjects }) };
}

function lookups(contenders: Contenders, sizes: Sizes): Case {
  const { kitcn, sqlite, convexTest } = contenders;
  const perCall = 1_000;
  const subjects = (['few', 'many'] as const).flatMap((table) => {
    const among = (total: number): string => `among ${total.toLocaleString('en')}`;
    const count = table === 'few' ? FEW : sizes.many;
    const inTest = Math.min(count, sizes.manyInConvexTest);
    const args = (total: number) => ({ table, numbers: randomNumbers(perCall, total) });
    const few = { table, numbers: [1, 2, 3] };
    return [
      micros(`kitcn, ${among(count)}`, perCall, () => kitcn.call('query', 'lookups', args(count))),
      micros(`${SQLITE}, ${among(count)}`, perCall, () =>
        sqlite.lookups(table, randomNumbers(perCall, count)),
      ),
      micros(`convex-test, ${among(inTest)}`, 3, () => convexTest.query(query('lookups'), few)),
    ];
  });
  const title = 'a document by an index, 1,000 of them in a query';
  const baseline = 'kitcn, among 1,000';
  return {
    title,
    unit: 'µs',
    rounds: sizes.rounds,
    baseline,
    open: async () => {
      await readAll(contenders.folder);
      return { subjects };
    },
  };
}

function subscribers({ kitcn, server }: Contenders, sizes: Sizes): Case {
  const count = sizes.subscribers;
  const open: Case['open'] = async () => {
    const ours = await openSubscribers(kitcn.url, { count, isConvex: true });
    const theirs = await openSubscribers(server.url, { count, isConvex: false });
    let value = 1_000_000;
    const write = (to: Contenders['kitcn']) => {
      const sentAt = (value += 1);
      return [sentAt, () => to.call('mutation', 'signal', { sentAt })] as const;
    };
    return {
      subjects: [
        { name: 'kitcn', run: () => ours.timeToSee(...write(kitcn)) },
        { name: 'ws, a commit and a loop', run: () => theirs.timeToSee(...write(server)) },
      ],
      async close() {
        ours.close();
        theirs.close();
      },
    };
  };
  const title = `a write seen by ${count} subscribers of one query`;
  return { title, unit: 'ms', rounds: sizes.rounds * 2, baseline: 'ws, a commit and a loop', open };
}

/** So that the system has the databases in memory, and the disk is not what is measured. */
async function readAll(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!/sqlite3(-wal)?$/.test(file)) continue;
    for await (const _chunk of createReadStream(path.join(folder, file)));
  }
}

/** Microseconds of one of `times` things that are done together. */
function micros(name: string, times: number, work: () => unknown): Subject {
  return {
    name,
    async run() {
      const start = performance.now();
      await work();
      return ((performance.now() - start) / times) * 1_000;
    },
  };
}

async function callsPerSecond(
  inFlight: number,
  milliseconds: number,
  call: () => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  let count = 0;
  const client = async (): Promise<void> => {
    for (; performance.now() - start < milliseconds; count++) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  return (count / (performance.now() - start)) * 1_000;
}

function randomNumbers(count: number, below: number): number[] {
  return Array.from({ length: count }, () => Math.floor(Math.random() * below));
}
