// Runs a backend until it is killed: `node backend-process.mjs <project> <data folder> <port>`
import { startBackend } from 'kitcn/backend';

const [projectDir, dataDir, port] = process.argv.slice(2);
const backend = await startBackend({ projectDir, dataDir, port: Number(port) });
process.stdout.write(`${backend.url}\n`);
