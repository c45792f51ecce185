// The embedded backend in a process of its own: `node kitcn-server.ts <data folder>`; prints its URL.
import { fileURLToPath } from 'node:url';
import { startBackend } from 'kitcn/backend';

const projectDir = fileURLToPath(new URL('project', import.meta.url));
const dataDir = process.argv[2] ?? ':memory:';
const { url } = await startBackend({ projectDir, dataDir, transactionTimeoutMs: 120_000 });
process.stdout.write(`${url}\n`);
