import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BackendError } from '../backend-error.ts';

/** Answers what did not become a request, in the shape of any other refusal, and ends the connection. */
export function refuseConnection(
  connection: Duplex,
  { status, code, message }: BackendError,
): void {
  connection.on('error', () => {});
  if (!connection.writable) {
    connection.destroy();
    return;
  }
  const body = JSON.stringify({ code, message });
  connection.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
    // Whatever else the peer sends is not waited for.
    () => connection.destroy(),
  );
}
