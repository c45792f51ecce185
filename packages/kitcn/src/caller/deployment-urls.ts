import { onDemand } from './on-demand.ts';

export interface DeploymentUrlOptions {
  convexSiteUrl: string | undefined;
  convexUrl?: string | undefined;
}

/** Both without a trailing slash. */
export interface DeploymentUrls {
  /** Where HTTP actions answer; what `getToken` is given. */
  siteUrl: string;
  /** Where functions are called. */
  apiUrl: string;
}

export const SITE_SUFFIX = '.convex.site';
export const CLOUD_SUFFIX = '.convex.cloud';
/** Where functions are called in development, unless somebody says otherwise. */
export const API_PORT = '3210';
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Both addresses of a deployment. `x.convex.site` answers calls at `x.convex.cloud`; on loopback the API's port is one
 * below the site's; any other host cannot be derived and needs `convexUrl`.
 */
export async function resolveDeploymentUrls(
  options: DeploymentUrlOptions,
): Promise<DeploymentUrls> {
  const urls = tryDeploymentUrls(options);
  if (urls !== undefined) return urls;
  const { deploymentUrlError } = await onDemand();
  throw deploymentUrlError(options);
}

function tryDeploymentUrls(options: DeploymentUrlOptions): DeploymentUrls | undefined {
  const site = tryUrl(options.convexSiteUrl, CLOUD_SUFFIX);
  if (site === undefined) return undefined;
  if (options.convexUrl === undefined) {
    const api = tryDeriveApiUrl(site);
    return api === undefined ? undefined : { siteUrl: site.origin, apiUrl: api };
  }
  const api = tryUrl(options.convexUrl, SITE_SUFFIX);
  return api && { siteUrl: toAddress(site), apiUrl: toAddress(api) };
}

/** A URL that can be fetched, and is not of the other kind. */
function tryUrl(text: string | undefined, wrongSuffix: string): URL | undefined {
  const url = parseUrl(text);
  return url?.hostname.endsWith(wrongSuffix) ? undefined : url;
}

/** `undefined` unless it starts with `http:` or `https:`. */
export function parseUrl(text: string | undefined): URL | undefined {
  const isUrl = text !== undefined && /^https?:/i.test(text) && URL.canParse(text);
  return isUrl ? new URL(text) : undefined;
}

function tryDeriveApiUrl(site: URL): string | undefined {
  if (site.hostname.endsWith(SITE_SUFFIX)) return site.origin.replace(SITE_SUFFIX, CLOUD_SUFFIX);
  const { hostname, port } = site;
  if (!LOOPBACK.test(hostname) || Number(port) <= 1 || port === API_PORT) return undefined;
  return `${site.protocol}//${hostname}:${Number(port) - 1}`;
}

export function toAddress(url: URL): string {
  return url.origin + url.pathname.replace(/\/+$/, '');
}
