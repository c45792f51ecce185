import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import type { ApiLeaf } from '../api/api-function.ts';
import { createApi } from '../api/create-api.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { createCodec } from '../wire/codec.ts';
import { toErrorPayload } from '../wire/to-error-payload.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { createCallerFactory } from './create-caller-factory.ts';
import type { CallerFactory } from './caller-factory.ts';
import type { TokenResult } from './token-source.ts';

export interface Api {
  user: {
    list: ApiLeaf<'query', { since?: Date }, { name: string; at: Date }[]>;
    create: ApiLeaf<'mutation', { name: string; bag?: unknown }, string>;
  };
  jobs: { reindex: ApiLeaf<'action', { force?: boolean }, null> };
}

export const api = createApi<Api>({
  user: { list: { type: 'query' }, create: { type: 'mutation' } },
  jobs: { reindex: { type: 'action' } },
});

export interface SeenRequest {
  method: string | undefined;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
  /** Resolves when the client hung up before there was an answer. */
  hungUp: Promise<void>;
}

export interface Reply {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

type Action = Reply | 'hang' | 'reset';

/** What a deployment answers, or what happens to the connection instead. */
export type Script = (request: SeenRequest, index: number) => Action | Promise<Action>;

export interface Deployment extends AsyncDisposable {
  readonly siteUrl: string;
  readonly requests: SeenRequest[];
  /** Resolves with the first request. */
  readonly reached: Promise<SeenRequest>;
  factory(options?: Partial<CreateCallerFactoryOptions<Api>>): CallerFactory<Api>;
}

export function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A deployment over real HTTP that does as the script says and counts what reaches it. */
export async function deploy(script: Script): Promise<Deployment> {
  const requests: SeenRequest[] = [];
  const reached = later<SeenRequest>();
  const server = createServer(async (incoming, outgoing) => {
    const hungUp = new Promise<void>((resolve) => outgoing.on('close', resolve));
    const { method, url = '', headers } = incoming;
    const request = { method, url, headers, body: await readJson(incoming), hungUp };
    requests.push(request);
    reached.resolve(request);
    reply(outgoing, await script(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const siteUrl = `http://127.0.0.1:${port + 1}`;
  return {
    siteUrl,
    requests,
    reached: reached.promise,
    factory: (options) => createCallerFactory({ api, convexSiteUrl: siteUrl, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

function reply(outgoing: ServerResponse, answer: Action): void {
  if (answer === 'hang') return;
  if (answer === 'reset') return void outgoing.destroy();
  const { status = 200, json, text = JSON.stringify(json) } = answer;
  outgoing.writeHead(status, { 'Content-Type': 'application/json', ...answer.headers }).end(text);
}

export const success = (value: Value): Reply => ({
  json: { status: 'success', value: convexToJson(value) },
});
export const failure = (errorMessage: string, errorData?: Value): Reply => ({
  json: {
    status: 'error',
    errorMessage,
    ...(errorData !== undefined && { errorData: convexToJson(errorData) }),
  },
});
export const thrown = (error: CRPCError): Reply =>
  failure('[Request ID: 1f] Server Error', toErrorPayload(error, createCodec().output));
export const refused = (code: string, status = 401): Reply => ({
  status,
  json: { code, message: 'Could not verify the token' },
});
export const UNAUTHORIZED = thrown(new CRPCError({ code: 'UNAUTHORIZED' }));

export const authorizations = (deployment: Deployment): unknown[] =>
  deployment.requests.map(({ headers }) => headers.authorization);

export const headers = (entries?: Record<string, string>): { headers: Headers } => ({
  headers: new Headers(entries),
});

/** Hands out `t1`, `t2`, … and remembers how it was asked. */
export function countingAuth(isFresh?: boolean): {
  asked: unknown[];
  getToken: (siteUrl: string, headers: Headers, opts?: unknown) => Promise<TokenResult>;
} {
  const asked: unknown[] = [];
  return {
    asked,
    getToken: async (siteUrl, _headers, opts) => {
      asked.push([siteUrl, opts]);
      return { token: `t${asked.length}`, isFresh };
    },
  };
}

export const CALLS = [
  [
    'query',
    (f: CallerFactory<Api>) => f.createContext(headers()).then((c) => c.caller.user.list({})),
  ],
  [
    'mutation',
    (f: CallerFactory<Api>) =>
      f.createContext(headers()).then((c) => c.caller.user.create({ name: 'Ada' })),
  ],
  [
    'action',
    (f: CallerFactory<Api>) => f.createContext(headers()).then((c) => c.caller.jobs.reindex()),
  ],
] as const;
