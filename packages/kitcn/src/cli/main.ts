#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { checkNodeVersion } from './node-version.ts';

const refusal = checkNodeVersion(process.versions.node);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exit(1);
}

// What follows needs that version merely to load.
const { runProgram } = await import('./program.ts');
const { commands } = await import('./commands.ts');

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first one asks, the second one insists; 128 + 2 is what shells show for Ctrl-C.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads may have seen enough, as `head` has.
    if (error.code !== 'EPIPE') throw error;
  });
}

const program = { version: packageVersion(), commands };
const exitCode = await runProgram(program, process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
});
// Not process.exit(): what was written to a pipe may still be on its way.
process.exitCode = exitCode;

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
