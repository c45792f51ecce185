import { version } from 'convex';
import type { ProcedureType } from '../shared/type-procedure.ts';
import type { Exchange, Fetch, HttpAnswer } from './http-exchange.ts';

/** One HTTP attempt of one call, or of many queries at once. */
export interface DeploymentRequest {
  route: ProcedureType | 'query_batch';
  /** JSON. */
  body: string;
  /** The header `Authorization`. */
  authorization: string | undefined;
  /** Sent beside the transport's own, which win. */
  headers: Headers | undefined;
  signal: AbortSignal | undefined;
}

export interface Transport {
  /** The deployment, without a trailing slash. */
  apiUrl: string;
  /** Where it answers HTTP routes, without a trailing slash. */
  siteUrl: string;
  exchange: Exchange;
  /** What routes are called with instead of the global `fetch`. */
  fetch: Fetch | undefined;
}

/** The deployment encodes its answers by the version of the client whose encoding this is. */
const CLIENT = `npm-${version}`;

/** Sends one request to the HTTP API of a deployment; any answer is an answer. */
export function sendRequest(
  { apiUrl, exchange }: Pick<Transport, 'apiUrl' | 'exchange'>,
  { route, body, authorization, headers: extra, signal }: DeploymentRequest,
): Promise<HttpAnswer> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'convex-client': CLIENT,
  };
  if (authorization !== undefined) headers['authorization'] = authorization;
  if (extra !== undefined) addHeaders(headers, extra);
  const isRepeatable = route === 'query' || route === 'query_batch';
  return exchange({ url: `${apiUrl}/api/${route}`, headers, body, signal, isRepeatable });
}

/** Who somebody is, is for nobody else to say. */
function addHeaders(headers: Record<string, string>, extra: Headers): void {
  extra.forEach((value, name) => {
    if (name !== 'authorization') headers[name] ??= value;
  });
}
