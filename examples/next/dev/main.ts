// `npm run dev`: the embedded backend on ports 3210 and 3211, Next.js on 3000. Ctrl-C ends both.
import { spawn } from 'node:child_process';
import { writeEnvFile } from './env-file.ts';

await writeEnvFile();

const options = {
  stdio: 'inherit',
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
} as const;
const servers = [
  spawn('kitcn', ['dev'], options),
  spawn('next', ['dev', '--hostname', '127.0.0.1'], options),
];
const stop = (): void => {
  for (const server of servers) server.kill();
};
for (const server of servers) server.once('exit', stop);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
