import { isCRPCError } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import type { ConvexContext } from 'kitcn/server';
import { api } from '../conformance/project/convex/shared/api.ts';
import type { Api } from '../conformance/project/convex/shared/api.ts';

/** Where functions answer, and where nobody ever does. */
export interface Addresses {
  siteUrl: string;
  silentUrl: string;
}

interface Contexts {
  ctx: ConvexContext<Api>;
  /** Of a deployment that never answers. */
  silent: ConvexContext<Api>;
}

interface Case {
  name: string;
  run(contexts: Contexts): Promise<unknown>;
  /** What it gives, as `toReport` writes it. */
  gives: unknown;
}

export const CASES: readonly Case[] = [
  {
    name: 'a query with a Date',
    run: ({ ctx }) => ctx.caller.target.echo({ value: { at: new Date(5), n: 5n, text: 'ä€😀' } }),
    gives: { value: { at: { date: 5 }, n: { bigint: '5' }, text: 'ä€😀' } },
  },
  {
    name: 'a mutation',
    run: async ({ ctx: { caller } }) => {
      const text = `note ${Math.random()}`;
      await caller.target.addNote({ text });
      return (await caller.target.notes({})).includes(text);
    },
    gives: { value: true },
  },
  {
    name: 'an action',
    run: ({ ctx }) => ctx.caller.target.echoAction({ value: [1, null, ''] }),
    gives: { value: [1, null, ''] },
  },
  {
    name: 'NOT_FOUND with its data',
    run: ({ ctx }) => ctx.caller.target.findNote({ text: 'nowhere' }),
    gives: {
      code: 'NOT_FOUND',
      origin: 'function',
      data: { text: 'nowhere', since: { date: 7 } },
    },
  },
  {
    name: 'an input error',
    run: ({ ctx }) => ctx.caller.target.strict({ size: 10 }),
    gives: {
      code: 'BAD_REQUEST',
      origin: 'function',
      data: {
        issues: [
          { path: ['size'], code: 'too_big', message: 'Too big: expected number to be <=9' },
        ],
      },
    },
  },
  {
    name: 'a snapshot',
    run: ({ ctx }) =>
      ctx.snapshot((c) => [c.target.echo({ value: new Date(6) }), c.target.whoAmI()]),
    gives: { value: [{ date: 6 }, null] },
  },
  {
    name: 'twenty calls at once',
    run: ({ ctx }) =>
      Promise.all(Array.from({ length: 20 }, (_, n) => ctx.caller.target.echo({ value: n }))),
    gives: { value: Array.from({ length: 20 }, (_, n) => n) },
  },
  {
    name: 'a call that is aborted on its way',
    run: ({ silent }) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      return silent.caller.target.notes({}, { signal: controller.signal });
    },
    gives: { code: 'CLIENT_CLOSED_REQUEST', origin: 'client' },
  },
  {
    name: 'a call that takes too long',
    run: ({ silent }) => silent.caller.target.notes({}, { timeoutMs: 100 }),
    gives: { code: 'TIMEOUT', origin: 'client' },
  },
];

/** Runs every case here, whatever this is; the reports are in the order of the cases. */
export async function runCases({ siteUrl, silentUrl }: Addresses): Promise<unknown[]> {
  const contextOf = (url: string): Promise<ConvexContext<Api>> =>
    createCallerFactory({ api, convexSiteUrl: url, convexUrl: url }).createContext({
      headers: new Headers(),
    });
  const contexts = {
    ctx: await createCallerFactory({ api, convexSiteUrl: siteUrl }).createContext({
      headers: new Headers(),
    }),
    silent: await contextOf(silentUrl),
  };
  const reports: unknown[] = [];
  for (const { run } of CASES) reports.push(await toReport(run(contexts)));
  return reports;
}

async function toReport(outcome: Promise<unknown>): Promise<unknown> {
  try {
    return { value: toPlain(await outcome) };
  } catch (error) {
    if (!isCRPCError(error)) return { thrown: String(error) };
    const { code, origin, data } = error;
    return { code, origin, ...(data !== undefined && { data: toPlain(data) }) };
  }
}

/** With what JSON does not know written out. */
function toPlain(value: unknown): unknown {
  if (value instanceof Date) return { date: value.getTime() };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlain(one)]));
}
