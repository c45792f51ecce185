import { randomUUID } from 'node:crypto';
import { encodeTimestamp } from './timestamp.ts';

/** What a client knows: which of its changes took effect, and the time of all results that it has. */
export interface StateVersion {
  readonly querySet: number;
  readonly identity: number;
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
}

export interface Transition {
  readonly start: StateVersion;
  readonly end: StateVersion;
  /** JSON texts. */
  readonly modifications: readonly string[];
  /** By how much the client's clock is ahead. */
  readonly clockSkewMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Clients give a message up that takes too long to arrive. */
const LARGEST_FRAME_BYTES = 5_000_000;

/** The message as JSON text. Results are JSON text already, and may be large. */
export function encodeTransition(transition: Transition): string {
  const { start, end, modifications, clockSkewMs, now } = transition;
  const head = JSON.stringify({
    type: 'Transition',
    startVersion: encodeVersion(start),
    endVersion: encodeVersion(end),
    clientClockSkew: clockSkewMs,
    serverTs: now * 1_000_000,
  });
  return `${head.slice(0, -1)},"modifications":[${modifications.join(',')}]}`;
}

/** One frame, or the `TransitionChunk`s that a large one is cut into. */
export function toFrames(message: string): string[] {
  const bytes = Buffer.byteLength(message);
  if (bytes <= LARGEST_FRAME_BYTES) return [message];
  const totalParts = Math.ceil(bytes / LARGEST_FRAME_BYTES);
  const length = Math.ceil(message.length / totalParts);
  const transitionId = randomUUID();
  return Array.from({ length: totalParts }, (_, partNumber) =>
    JSON.stringify({
      type: 'TransitionChunk',
      chunk: message.slice(partNumber * length, (partNumber + 1) * length),
      partNumber,
      totalParts,
      transitionId,
    }),
  );
}

function encodeVersion({ querySet, identity, timestamp }: StateVersion): Record<string, unknown> {
  return { querySet, identity, ts: encodeTimestamp(timestamp) };
}
