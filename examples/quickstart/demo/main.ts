import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBackend } from 'kitcn/backend';
import { createClient } from './client.ts';
import { calls, callsAfterRestart } from './scenario.ts';
import type { Seen, Step } from './scenario.ts';
import { printHeader, printRow } from './table.ts';
import { createTokenIssuer } from './tokens.ts';
import { startWebServer } from './web-server.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const keep = process.argv.includes('--keep');

console.log('Generating code');
execFileSync('kitcn', ['codegen'], { cwd: projectDir, stdio: 'inherit' });

const dataDir = await mkdtemp(join(tmpdir(), 'kitcn-demo-'));
const issuer = await createTokenIssuer();
/** Functions that throw on purpose would fill the table with their logs; they matter when the demo fails. */
const logs: string[] = [];
const options = { projectDir, dataDir, env: issuer.env, log: (line: string) => logs.push(line) };
let backend = await startBackend(options);
const server = await startWebServer({ NEXT_PUBLIC_CONVEX_SITE_URL: backend.siteUrl });
const seen: Seen = { token: await issuer.sign('ada'), ada: '', team: '' };
const client = createClient(server.url);

try {
  console.log(`\nEmbedded backend ${backend.url}, Hono server ${server.url}\n`);
  printHeader();
  await runSteps(calls);
  backend = await restart();
  await runSteps(callsAfterRestart);
  if (keep) await untilStopped();
  else console.log('\nAll as promised.');
} catch (error) {
  console.error(`\nWhat the backend logged:\n${logs.join('\n')}\n`);
  throw error;
} finally {
  await server.close();
  await backend.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const { called, through, send, check } of steps) {
    const start = performance.now();
    const answer = await send(client, seen);
    const ms = (performance.now() - start).toFixed(1);
    printRow([called, through, `${answer.status} ${JSON.stringify(answer.body)}`, ms.padStart(6)]);
    check(answer, seen);
  }
}

/** The same ports and the same data folder, so the Hono server notices nothing. */
async function restart(): ReturnType<typeof startBackend> {
  const port = Number(new URL(backend.url).port);
  const sitePort = Number(new URL(backend.siteUrl).port);
  await backend.close();
  return startBackend({ ...options, port, sitePort });
}

async function untilStopped(): Promise<void> {
  console.log(`
Still running. Backend ${backend.url}, its HTTP actions ${backend.siteUrl}, Hono server ${server.url}

  curl ${server.url}/api/users
  curl ${server.url}/me -H 'Authorization: Bearer ${seen.token}'
  curl ${server.url}/users -H 'Content-Type: application/json' -d '{"name":"Alan","email":"alan@example.com"}'

Stop with Ctrl-C.`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
