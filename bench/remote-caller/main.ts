// Compares ways to call a deployment from a server. `npm run bench:remote-caller`, with `-- --smoke` for a quick pass.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FULL, SMOKE, toCases } from './cases.ts';
import type { Case } from './cases.ts';
import { BASELINE } from './client.ts';
import { measureRounds, summarize } from './measure.ts';
import type { Figure } from './measure.ts';

const isSmoke = process.argv.includes('--smoke');
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--'));

const server = fork(fileURLToPath(new URL('scripted-server.ts', import.meta.url)));
const [port] = (await once(server, 'message')) as [number];
const url = `http://127.0.0.1:${port}`;

const cases = toCases(isSmoke ? SMOKE : FULL);
printMachine();
for (const one of cases) {
  if (wanted === undefined || one.title.includes(wanted)) await runCase(one);
}
server.disconnect();

async function runCase({ title, unit, rounds, subjects }: Case): Promise<void> {
  const measured = await measureRounds(await subjects(url), rounds);
  const figures = summarize(measured, BASELINE);
  const isRate = unit === 'calls/s';
  figures.sort((a, b) => (isRate ? b.median - a.median : a.median - b.median));
  console.log(`\n${title}\n\n| | ${unit} | × ${BASELINE} |\n| --- | ---: | ---: |`);
  for (const figure of figures) console.log(toRow(figure));
}

function toRow({ name, median, ratio }: Figure): string {
  const digits = median < 10 ? 2 : median < 100 ? 1 : 0;
  return `| ${name} | ${median.toFixed(digits)} | ${ratio.toFixed(2)} |`;
}

function printMachine(): void {
  const [cpu] = cpus();
  console.log(`${cpus().length} × ${cpu?.model}, Node ${process.version}, ${process.platform}`);
}
