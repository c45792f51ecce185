import type { CRPCError } from '../errors/crpc-error.ts';
import { configurationError } from './configuration-error.ts';
import { API_PORT, CLOUD_SUFFIX, parseUrl, SITE_SUFFIX, toAddress } from './deployment-urls.ts';
import type { DeploymentUrlOptions } from './deployment-urls.ts';

/** What is wrong with the addresses of a deployment, and what to set instead. */
export function deploymentUrlError(options: DeploymentUrlOptions): CRPCError {
  return configurationError(siteProblem(options) ?? apiProblem(options));
}

function siteProblem({ convexSiteUrl: text, convexUrl }: DeploymentUrlOptions): string | undefined {
  if (text === undefined || text === '') {
    return (
      'convexSiteUrl is missing. Set NEXT_PUBLIC_CONVEX_SITE_URL to the URL of HTTP actions: ' +
      'http://localhost:3211 in development, https://<deployment>.convex.site in production.'
    );
  }
  const url = parseUrl(text);
  if (url === undefined) return noUrl('convexSiteUrl', text);
  const isCloud = url.hostname.endsWith(CLOUD_SUFFIX);
  if (!isCloud && (url.port !== API_PORT || convexUrl !== undefined)) return undefined;
  const siteUrl = isCloud
    ? url.origin.replace(CLOUD_SUFFIX, SITE_SUFFIX)
    : `${url.protocol}//${url.hostname}:${Number(API_PORT) + 1}`;
  return (
    `convexSiteUrl is the URL of the deployment, not of its site: ${url.origin}. ` +
    `Set NEXT_PUBLIC_CONVEX_SITE_URL to ${siteUrl}.`
  );
}

function apiProblem({ convexSiteUrl, convexUrl: text }: DeploymentUrlOptions): string {
  if (text === undefined) {
    const site = parseUrl(convexSiteUrl);
    return (
      `cannot tell where functions are called from convexSiteUrl ${site && toAddress(site)}. ` +
      'Pass convexUrl, the URL of the deployment (usually process.env.NEXT_PUBLIC_CONVEX_URL).'
    );
  }
  const url = parseUrl(text);
  if (url === undefined) return noUrl('convexUrl', text);
  return (
    `convexUrl is the URL of the site, not of the deployment: ${url.origin}. ` +
    `Set it to ${url.origin.replace(SITE_SUFFIX, CLOUD_SUFFIX)}, or leave it out.`
  );
}

function noUrl(option: string, text: string): string {
  return `${option} is not a URL that starts with http:// or https://: ${JSON.stringify(text)}.`;
}
