import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram, startProgram } from '../run-program.ts';
import type { RunningProgram } from '../run-program.ts';

const cwd = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

test('the demo keeps every promise and exits with 0', async () => {
  const { code, stdout, stderr } = await runProgram('node', ['demo/main.ts'], { cwd });
  expect(stderr).toMatch(/^codegen: .*\n$/);
  expect(stdout).toContain('All as promised.');
  expect(code).toBe(0);
});

test('--keep leaves it running, with three curl lines that work', async () => {
  await using demo = startProgram('node', ['demo/main.ts', '--keep'], { cwd });
  const requests = await curlRequests(demo);
  const bodies = [];
  for (const request of requests) bodies.push(await (await fetch(request)).json());
  expect(bodies).toMatchObject([
    [{ name: 'Ada' }, { name: 'Grace' }, { name: 'John' }],
    { subject: 'ada' },
    { id: expect.any(String) },
  ]);
  demo.process.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
});

/** The `curl` lines that the demo ends with, as requests: not every machine has curl. */
async function curlRequests({ printed, process }: RunningProgram): Promise<Request[]> {
  while (!printed.stdout.includes('Stop with Ctrl-C') && process.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const lines = printed.stdout.split('\n').filter((line) => line.startsWith('  curl '));
  return lines.map((line) => {
    const headers = [...line.matchAll(/-H '(.+?): (.+?)'/g)].map(([, name = '', value = '']) => {
      return [name, value] as [string, string];
    });
    const body = /-d '(.+)'/.exec(line)?.[1];
    const url = /curl (\S+)/.exec(line)?.[1] ?? '';
    return new Request(url, { headers, ...(body && { method: 'POST', body }) });
  });
}
