/**
 * What is used of `node:http` and `node:https`, written out: this room also compiles, and is bundled, where Node's types
 * and modules are not.
 */
export interface NodeHttp {
  Agent: new (options: { keepAlive: boolean; timeout: number }) => NodeAgent;
  request(options: NodeRequestOptions): NodeOutgoing;
}

export interface NodeAgent {
  /** By what it keeps sockets apart. */
  getName(): string;
}

export interface NodeTarget {
  host: string;
  /** Empty for the protocol's own. */
  port: string;
  path: string;
  /** For TLS. Default: made from `host`. */
  servername?: string;
}

export interface NodeRequestOptions extends NodeTarget {
  method: 'POST';
  headers: Record<string, string>;
  /** `false`: a connection of its own, closed after use. */
  agent: NodeAgent | false;
  signal?: AbortSignal;
}

export interface NodeOutgoing {
  /** Whether a kept socket was used, which the server may have closed in the meantime. */
  readonly reusedSocket: boolean;
  on(event: 'response', listener: (incoming: NodeIncoming) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  end(body: string): unknown;
}

export interface NodeIncoming {
  readonly statusCode?: number | undefined;
  readonly headers: { readonly 'retry-after'?: string | undefined };
  on(event: 'data', listener: (piece: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

export type LoadNodeHttp = (name: 'http' | 'https') => NodeHttp;

/**
 * Loads `http` or `https` where this is Node; `undefined` elsewhere. Asked for at run time and not imported, so that one
 * build serves every runtime: no bundler sees a module of Node, and none needs a condition or a stub to get around it.
 */
export function tryNodeHttp(): LoadNodeHttp | undefined {
  // Bun, Deno and workers imitate Node's `process`, but here they say who they are; their `fetch` is their fast way.
  if (globalThis.navigator?.userAgent?.startsWith('Node.js/') !== true) return undefined;
  const { process } = globalThis as { process?: { getBuiltinModule?: LoadNodeHttp } };
  return process?.getBuiltinModule;
}
