// What a procedure costs to define, to run and to compose. `-- --smoke` for a quick pass.
import { deepStrictEqual } from 'node:assert/strict';
import { cpus } from 'node:os';
import { measureRounds, summarize } from '../remote-caller/measure.ts';
import type { Subject } from '../remote-caller/measure.ts';
import { compositions } from './compositions.ts';
import { BASELINE, CONTENDERS, RESULT, toInput, toOutput } from './contenders.ts';

const isSmoke = process.argv.includes('--smoke');
const [rounds, turns] = isSmoke ? [1, 100] : [15, 50_000];

const [cpu] = cpus();
console.log(`${cpus().length} × ${cpu?.model}, Node ${process.version}, ${process.platform}`);
for (const middlewares of [false, true]) {
  const what = middlewares ? 'with three middlewares' : 'without middleware';
  const subjects = CONTENDERS.map((contender) =>
    toSubject(contender.name, contender.prepare(middlewares)),
  );
  for (const contender of CONTENDERS) {
    deepStrictEqual(await contender.prepare(middlewares)(), RESULT);
  }
  await report(`Run a procedure ${what}`, subjects, BASELINE);
}
const schemas = 'its two schemas alone';
await report(
  'Define a procedure',
  [
    toSubject(schemas, () => [toInput(), toOutput()], turns / 10),
    ...CONTENDERS.slice(2).map((contender) =>
      toSubject(contender.name, () => contender.define(false), turns / 10),
    ),
  ],
  schemas,
);
const composed = compositions();
await report(
  'create<Module>Handler(ctx).x(input)',
  composed.map(({ name, run }) => toSubject(name, run)),
  composed[0]!.name,
);

function toSubject(name: string, once: () => unknown, times: number = turns): Subject {
  return {
    name,
    async run() {
      // Of this thread alone, so that what else the machine does is not counted.
      const start = process.threadCpuUsage();
      for (let turn = 0; turn < times; turn++) await once();
      const { user, system } = process.threadCpuUsage(start);
      return (user + system) / times;
    },
  };
}

async function report(
  title: string,
  subjects: readonly Subject[],
  baseline: string,
): Promise<void> {
  const figures = summarize(await measureRounds(subjects, rounds), baseline);
  console.log(`\n${title}, µs`);
  for (const { name, median, ratio } of figures.toSorted((a, b) => a.median - b.median)) {
    console.log(`  ${name.padEnd(32)} ${median.toFixed(2).padStart(8)}  × ${ratio.toFixed(2)}`);
  }
}
