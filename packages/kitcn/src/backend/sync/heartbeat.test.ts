import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CONNECT, addQuery, rawBackend } from './raw-client.fixture.ts';

const SECOND = 1_000;

/** What the server goes by to look after connections; all else keeps its real time. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => void vi.useRealTimers());

test('a connection on which nothing was sent for 15 seconds gets a Ping', async () => {
  await using backend = await rawBackend();
  const client = await backend.connect();
  let looks = 0;
  client.socket.on('ping', () => (looks += 1));
  // Every five seconds the server looks whether the client is there.
  vi.advanceTimersByTime(10 * SECOND);
  await expect.poll(() => looks, { timeout: 10_000 }).toBe(2);
  expect(client.received).toEqual([]);
  vi.advanceTimersByTime(5 * SECOND);
  expect(await client.next()).toEqual({ type: 'Ping' });
});

test('a connection from which nothing came for 115 seconds is kept', async () => {
  await using backend = await rawBackend();
  const client = await backend.connect();
  // Without reading, it answers no pings.
  client.socket.pause();
  vi.advanceTimersByTime(115 * SECOND);
  client.socket.resume();
  client.send(CONNECT);
  client.send(addQuery(0, 'm:list'));
  expect(await client.nextOf('Transition')).toMatchObject({ endVersion: { querySet: 1 } });
});

test('a connection from which nothing came for 120 seconds is dropped', async () => {
  await using backend = await rawBackend();
  const client = await backend.connect();
  client.socket.pause();
  vi.advanceTimersByTime(120 * SECOND);
  client.socket.resume();
  expect((await client.closed).code).toBe(1006);
});
