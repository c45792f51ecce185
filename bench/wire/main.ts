// Compares ways to turn rows into text and back. `npm run bench:wire`, with `-- --smoke` for a quick pass.
import { deepStrictEqual } from 'node:assert/strict';
import { cpus } from 'node:os';
import { measureRounds, summarize } from '../remote-caller/measure.ts';
import type { Subject } from '../remote-caller/measure.ts';
import { BASELINE, CONTENDERS, KITCN } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { ROWS, sortFields, withoutDates } from './rows.ts';
import type { Row } from './rows.ts';

const isSmoke = process.argv.includes('--smoke');
const [rounds, turns] = isSmoke ? [1, 3] : [20, 20];

/** So that the results are used, and text is what can be sent: flat, not a rope of parts. */
let bytes = 0;

const [cpu] = cpus();
console.log(`${cpus().length} × ${cpu?.model}, Node ${process.version}, ${process.platform}`);
for (const [kind, toRow] of Object.entries(ROWS)) {
  const rows = Array.from({ length: 1_000 }, (_, n) => toRow(n));
  const sorted = rows.map(sortFields);
  const parsed = `JSON.parse of what ${KITCN} reads`;
  await report(`Encode 1,000 rows of ${kind}, sorted`, encoders(sorted));
  await report(`Encode 1,000 rows of ${kind}, in any order`, encoders(rows));
  await report(`Decode 1,000 rows of ${kind}`, decoders(sorted, parsed), parsed);
}

function encoders(rows: readonly Row[]): Subject[] {
  const subjects = CONTENDERS.map(({ name, knowsDates, encode }) => {
    const value = knowsDates ? rows : withoutDates(rows);
    return toSubject(name, () => (bytes += Buffer.byteLength(encode(value))));
  });
  const encode = (): number => (bytes += Buffer.byteLength(JSON.stringify(rows)));
  return [...subjects, toSubject('JSON, Dates as ISO text, one way', encode)];
}

function decoders(rows: readonly Row[], parsed: string): Subject[] {
  const texts = CONTENDERS.map((contender) => toText(contender, rows));
  const subjects = CONTENDERS.map(({ name, decode }, index) =>
    toSubject(name, () => decode(texts[index]!)),
  );
  const received = texts[CONTENDERS.findIndex(({ name }) => name === KITCN)]!;
  return [...subjects, toSubject(parsed, () => JSON.parse(received))];
}

/** The text that a contender will decode; it must bring back what went in. */
function toText({ knowsDates, encode, decode }: Contender, rows: readonly Row[]): string {
  const value = knowsDates ? rows : withoutDates(rows);
  const text = encode(value);
  deepStrictEqual(decode(text), value);
  return text;
}

function toSubject(name: string, once: () => unknown): Subject {
  return {
    name,
    run: async () => {
      const start = performance.now();
      for (let turn = 0; turn < turns; turn++) once();
      return (performance.now() - start) / turns;
    },
  };
}

async function report(
  title: string,
  subjects: readonly Subject[],
  baseline: string = BASELINE,
): Promise<void> {
  const measured = await measureRounds(subjects, rounds);
  const figures = summarize(measured, baseline).sort((a, b) => a.median - b.median);
  const own = figures.find(({ name }) => name === KITCN)?.median ?? NaN;
  console.log(`\n${title}\n\n| | ms | × ${baseline} | × ${KITCN} |\n| --- | ---: | ---: | ---: |`);
  for (const { name, median, ratio } of figures) {
    console.log(
      `| ${name} | ${median.toFixed(2)} | ${ratio.toFixed(2)} | ${(median / own).toFixed(1)} |`,
    );
  }
}
