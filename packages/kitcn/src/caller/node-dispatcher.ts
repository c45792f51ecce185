/**
 * What sends the requests of `fetch` on Node: undici. Written out as far as it is used, because this room also compiles
 * where Node's types are not. Source: undici's `Dispatcher`, version 1 of its interface.
 */
export interface NodeDispatcher {
  dispatch(options: DispatchOptions, handler: DispatchHandler): unknown;
}

export interface DispatchOptions {
  origin: string;
  path: string;
  method: 'POST';
  headers: Record<string, string>;
  body: string;
  /** Milliseconds until the head of the answer; 0 for no limit. */
  headersTimeout: number;
  /** Milliseconds between pieces of the body; 0 for no limit. */
  bodyTimeout: number;
}

export interface DispatchHandler {
  /** The request is about to be written to a socket, which `abort` closes. */
  onConnect(abort: (reason: unknown) => void): void;
  /** Names and values in turn. `true` for: go on. */
  onHeaders(status: number, headers: readonly Uint8Array[]): boolean;
  onData(piece: Uint8Array): boolean;
  onComplete(): void;
  onError(error: unknown): void;
}

/**
 * Where all copies of undici keep the dispatcher of `fetch`. The number is that of the interface: copies with a newer one
 * put it elsewhere, and leave something here that still answers to this one.
 */
const PLACE: unique symbol = Symbol.for('undici.globalDispatcher.1');

/**
 * The dispatcher of Node's `fetch` as it is now; `undefined` where this is not Node. Found at run time and not imported,
 * so that one build serves every runtime and no process loads a second HTTP client.
 */
export function tryNodeDispatcher(): NodeDispatcher | undefined {
  const { navigator } = globalThis;
  // Bun, Deno and workers imitate Node, but here they say who they are; their `fetch` is their fast way.
  if (navigator?.userAgent?.startsWith('Node.js/') !== true) return undefined;
  // Node loads undici when one of its classes is first looked at.
  if (typeof globalThis.Headers !== 'function') return undefined;
  return (globalThis as { [PLACE]?: NodeDispatcher })[PLACE];
}
