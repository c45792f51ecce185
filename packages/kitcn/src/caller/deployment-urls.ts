import { configurationError } from './configuration-error.ts';

export interface DeploymentUrlOptions {
  convexSiteUrl: string | undefined;
  convexUrl: string | undefined;
}

/** Both without a trailing slash. */
export interface DeploymentUrls {
  /** Where HTTP actions answer; what `getToken` is given. */
  siteUrl: string;
  /** Where functions are called. */
  apiUrl: string;
}

const SITE_SUFFIX = '.convex.site';
const CLOUD_SUFFIX = '.convex.cloud';
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Both addresses of a deployment. `x.convex.site` answers calls at `x.convex.cloud`; on loopback the API's port is one
 * below the site's; any other host cannot be derived and needs `convexUrl`.
 */
export function resolveDeploymentUrls(options: DeploymentUrlOptions): DeploymentUrls {
  const site = parseSiteUrl(options.convexSiteUrl);
  if (options.convexUrl !== undefined) {
    return { siteUrl: toAddress(site), apiUrl: toAddress(parseApiUrl(options.convexUrl)) };
  }
  const api = deriveApiUrl(site);
  return { siteUrl: site.origin, apiUrl: api.origin };
}

function parseSiteUrl(text: string | undefined): URL {
  if (text === undefined || text === '') {
    throw configurationError(
      'convexSiteUrl is missing. Set NEXT_PUBLIC_CONVEX_SITE_URL to the URL of HTTP actions: ' +
        'http://localhost:3211 in development, https://<deployment>.convex.site in production.',
    );
  }
  const url = parseUrl('convexSiteUrl', text);
  if (url.hostname.endsWith(CLOUD_SUFFIX)) {
    throw configurationError(
      `convexSiteUrl is the URL of the deployment, not of its site: ${url.origin}. ` +
        `Set NEXT_PUBLIC_CONVEX_SITE_URL to ${withSuffix(url, CLOUD_SUFFIX, SITE_SUFFIX).origin}.`,
    );
  }
  return url;
}

function parseApiUrl(text: string): URL {
  const url = parseUrl('convexUrl', text);
  if (url.hostname.endsWith(SITE_SUFFIX)) {
    throw configurationError(
      `convexUrl is the URL of the site, not of the deployment: ${url.origin}. ` +
        `Set it to ${withSuffix(url, SITE_SUFFIX, CLOUD_SUFFIX).origin}, or leave it out.`,
    );
  }
  return url;
}

function deriveApiUrl(site: URL): URL {
  if (site.hostname.endsWith(SITE_SUFFIX)) return withSuffix(site, SITE_SUFFIX, CLOUD_SUFFIX);
  if (LOOPBACK.test(site.hostname) && Number(site.port) > 1) {
    const api = new URL(site);
    api.port = String(Number(site.port) - 1);
    return api;
  }
  throw configurationError(
    `cannot tell where functions are called from convexSiteUrl ${toAddress(site)}. ` +
      'Pass convexUrl, the URL of the deployment (usually process.env.NEXT_PUBLIC_CONVEX_URL).',
  );
}

function parseUrl(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw configurationError(
    `${option} is not a URL that starts with http:// or https://: ${JSON.stringify(text)}.`,
  );
}

function withSuffix(url: URL, from: string, to: string): URL {
  const changed = new URL(url);
  changed.hostname = url.hostname.slice(0, -from.length) + to;
  return changed;
}

function toAddress(url: URL): string {
  return url.origin + url.pathname.replace(/\/+$/, '');
}
