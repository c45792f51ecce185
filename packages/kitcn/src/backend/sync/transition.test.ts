import { expect, test } from 'vitest';
import { encodeTransition, toFrames } from './transition.ts';
import { decodeTimestamp, encodeTimestamp } from './timestamp.ts';

test.each([
  [0n, 'AAAAAAAAAAA='],
  [1n, 'AQAAAAAAAAA='],
  [2n ** 64n - 1n, '//////////8='],
])('timestamp %s is %s', (timestamp, text) => {
  expect(encodeTimestamp(timestamp)).toBe(text);
  expect(decodeTimestamp(text)).toBe(timestamp);
});

test.each(['', 'AAAA', 'AAAAAAAAAAAAAAAA', '????????????'])('%j is no timestamp', (text) => {
  expect(decodeTimestamp(text)).toBeNull();
});

test('results are put in as the JSON text that they are', () => {
  const start = { querySet: 0, identity: 0, timestamp: 0n };
  const end = { querySet: 1, identity: 2, timestamp: 3n };
  const text = encodeTransition({
    start,
    end,
    modifications: ['{"a":1}', '[]'],
    clockSkewMs: -4,
    now: 5,
  });
  expect(JSON.parse(text)).toEqual({
    type: 'Transition',
    startVersion: { querySet: 0, identity: 0, ts: 'AAAAAAAAAAA=' },
    endVersion: { querySet: 1, identity: 2, ts: 'AwAAAAAAAAA=' },
    clientClockSkew: -4,
    serverTs: expect.any(Number),
    modifications: [{ a: 1 }, []],
  });
});

test('a large message is cut, between halves of a character too', () => {
  expect(toFrames('x'.repeat(5_000_000))).toEqual(['x'.repeat(5_000_000)]);
  const message = `x${'💡'.repeat(2_000_000)}`;
  const chunks = toFrames(message).map((frame) => JSON.parse(frame));
  expect(chunks.map(({ chunk }) => chunk).join('')).toBe(message);
  expect(chunks).toMatchObject([
    { type: 'TransitionChunk', partNumber: 0, totalParts: 2 },
    { type: 'TransitionChunk', partNumber: 1, totalParts: 2, transitionId: chunks[0].transitionId },
  ]);
});

test.each([
  [4_999_999, 1],
  [5_000_000, 1],
  [5_000_001, 2],
  [10_000_000, 2],
  [10_000_001, 3],
])('%i bytes go in %i frames of 5 MB at most', (bytes, count) => {
  const message = 'x'.repeat(bytes);
  const frames = toFrames(message);
  expect(frames).toHaveLength(count);
  if (count === 1) return;
  const chunks = frames.map((frame) => JSON.parse(frame));
  expect(chunks.map(({ partNumber }) => partNumber)).toEqual([...chunks.keys()]);
  expect(new Set(chunks.map(({ totalParts }) => totalParts))).toEqual(new Set([count]));
  // Of one size, but for what is left for the last one.
  const size = Math.ceil(bytes / count);
  expect(chunks.map(({ chunk }) => chunk.length)).toEqual(
    chunks.map((_, index) => Math.min(size, bytes - index * size)),
  );
  expect(size).toBeLessThanOrEqual(5_000_000);
});
