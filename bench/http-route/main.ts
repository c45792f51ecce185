// Compares a typed route with the same route by hand. `npm run bench:http-route`, with `-- --smoke` for a quick pass.
import { deepStrictEqual } from 'node:assert/strict';
import { cpus } from 'node:os';
import { measureRounds, summarize } from '../remote-caller/measure.ts';
import type { Subject } from '../remote-caller/measure.ts';
import { BY_HAND, CONTENDERS } from './contenders.ts';
import type { Contender } from './contenders.ts';

const isSmoke = process.argv.includes('--smoke');
const [rounds, turns] = isSmoke ? [1, 100] : [40, 2_000];

interface Case {
  title: string;
  /** Made anew for each request, as a server does. */
  request: () => Request;
}

const URL = 'http://site.test/users/u1';
const BODY = JSON.stringify({ name: 'Ada', email: 'ada@example.com', age: 36 });

const CASES: readonly Case[] = [
  { title: 'GET, path and query string', request: () => new Request(`${URL}?limit=36`) },
  {
    title: 'POST, path and JSON body',
    request: () =>
      new Request(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: BODY,
      }),
  },
  {
    title: 'POST, a body that does not fit',
    request: () =>
      new Request(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":1}',
      }),
  },
];

const [cpu] = cpus();
console.log(`${cpus().length} × ${cpu?.model}, Node ${process.version}, ${process.platform}`);
for (const one of CASES) await report(one);

async function report({ title, request }: Case): Promise<void> {
  await checkAnswers(request);
  const subjects = CONTENDERS.map((contender) => toSubject(contender, request));
  const figures = summarize(await measureRounds(subjects, rounds), BY_HAND);
  console.log(`\n${title}\n\n| | µs | × ${BY_HAND} |\n| --- | ---: | ---: |`);
  for (const { name, median, ratio } of figures) {
    console.log(`| ${name} | ${median.toFixed(2)} | ${ratio.toFixed(2)} |`);
  }
}

/** All must answer the same, where they do not refuse in their own words. */
async function checkAnswers(request: () => Request): Promise<void> {
  const answers = await Promise.all(CONTENDERS.map(async ({ app }) => app.fetch(request(), {})));
  const [first, ...others] = answers;
  const body: unknown = await first?.json();
  for (const answer of others) {
    deepStrictEqual(answer.status, first?.status);
    if (answer.ok) deepStrictEqual(await answer.json(), body);
  }
}

/** The processor time of a request, up to the text of its answer. */
function toSubject({ name, app }: Contender, request: () => Request): Subject {
  return {
    name,
    run: async () => {
      const before = process.threadCpuUsage();
      for (let turn = 0; turn < turns; turn++) {
        const response = await app.fetch(request(), {});
        await response.text();
      }
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / turns;
    },
  };
}
