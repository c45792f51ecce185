import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Connections that each watch one query. */
export interface Subscribers {
  /** Milliseconds from here until everybody has seen the value that `write` makes. */
  timeToSee(value: number, write: () => Promise<unknown>): Promise<number>;
  close(): void;
}

const CONNECT = { type: 'Connect', connectionCount: 0, lastCloseReason: 'InitialConnect' };
const WATCH = {
  type: 'ModifyQuerySet',
  baseVersion: 0,
  newVersion: 1,
  modifications: [{ type: 'Add', queryId: 0, udfPath: 'rows:lastSignal', args: [{}] }],
};

/** Of the embedded backend (by Convex's protocol) or of a server that tells everybody everything. */
export async function openSubscribers(
  url: string,
  { count, isConvex }: { count: number; isConvex: boolean },
): Promise<Subscribers> {
  const address = `${url.replace('http', 'ws')}${isConvex ? '/api/1.48.0/sync' : ''}`;
  const sockets: WebSocket[] = [];
  let onText = (_text: string): void => {};
  for (let opened = 0; opened < count; opened++) {
    const socket = new WebSocket(address);
    sockets.push(socket);
    await once(socket, 'open');
    if (isConvex) {
      const first = nextTransition(socket);
      socket.send(JSON.stringify({ ...CONNECT, sessionId: crypto.randomUUID() }));
      socket.send(JSON.stringify(WATCH));
      await first;
    }
    socket.on('message', (data) => onText(String(data)));
  }
  return {
    timeToSee(value, write) {
      const start = performance.now();
      let missing = count;
      const seen = new Promise<number>((resolve) => {
        onText = (text) => {
          if (!text.includes(String(value))) return;
          missing -= 1;
          if (missing === 0) resolve(performance.now() - start);
        };
      });
      return write().then(() => seen);
    },
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

async function nextTransition(socket: WebSocket): Promise<void> {
  for (;;) {
    const [data] = await once(socket, 'message');
    if (String(data).includes('"Transition"')) return;
  }
}
