// Loaded before a program: writes each connection, look-up and datagram of any of its threads to a file.
import { createHook } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workers from 'node:worker_threads';

const file = 'connections.txt';

const KINDS = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'UDPSENDWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
]);

createHook({
  init(_id, kind, _trigger, request) {
    if (!KINDS.has(kind)) return;
    // The request is told where it goes after it is made.
    queueMicrotask(() => {
      const target = request.hostname ?? `${request.address}:${request.port}`;
      appendFileSync(file, `${kind} ${target}\n`);
    });
  },
}).enable();

// Workers with options of their own do not get those of the process.
const { Worker } = workers;
workers.Worker = class extends Worker {
  constructor(script, options = {}) {
    const execArgv = [...(options.execArgv ?? []), `--import=${import.meta.url}`];
    super(script, { ...options, execArgv });
  }
};
syncBuiltinESMExports();
