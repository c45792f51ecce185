import { describe, expect, test } from 'vitest';
import { resolveDeploymentUrls } from './deployment-urls.ts';
import './on-demand.fixture.ts';

describe('derived addresses', () => {
  test.each([
    ['https://happy-otter-12.convex.site', 'https://happy-otter-12.convex.cloud'],
    ['https://happy-otter-12.convex.site/', 'https://happy-otter-12.convex.cloud'],
    ['https://happy-otter-12.convex.site/api/auth?x=1', 'https://happy-otter-12.convex.cloud'],
    [
      'https://happy-otter-12.eu-west-1.convex.site',
      'https://happy-otter-12.eu-west-1.convex.cloud',
    ],
    ['HTTPS://Happy-Otter-12.CONVEX.SITE', 'https://happy-otter-12.convex.cloud'],
    ['http://localhost:3211', 'http://localhost:3210'],
    ['http://localhost:3211//', 'http://localhost:3210'],
    ['http://127.0.0.1:4001/', 'http://127.0.0.1:4000'],
    ['http://[::1]:3211', 'http://[::1]:3210'],
    ['http://app.localhost:3211', 'http://app.localhost:3210'],
  ])('%s is called at %s', async (convexSiteUrl, apiUrl) => {
    const urls = await resolveDeploymentUrls({ convexSiteUrl, convexUrl: undefined });
    expect(urls).toEqual({ siteUrl: new URL(convexSiteUrl).origin, apiUrl });
  });

  test.each([
    ['https://x.example.com', 'https://api.example.com/', 'https://api.example.com'],
    ['https://example.com/site/', 'https://example.com/convex/', 'https://example.com/convex'],
    ['http://localhost:3211', 'http://localhost:9000', 'http://localhost:9000'],
    ['http://localhost:3210', 'http://localhost:3209', 'http://localhost:3209'],
    ['https://site.acme.dev', 'https://x.convex.cloud', 'https://x.convex.cloud'],
  ])('%s with convexUrl %s', async (convexSiteUrl, convexUrl, apiUrl) => {
    expect(await resolveDeploymentUrls({ convexSiteUrl, convexUrl })).toEqual({
      siteUrl: convexSiteUrl.replace(/\/$/, ''),
      apiUrl,
    });
  });
});

describe('refused', () => {
  test.each([
    [undefined, undefined, /convexSiteUrl is missing.*NEXT_PUBLIC_CONVEX_SITE_URL.*localhost:3211/],
    ['', undefined, /convexSiteUrl is missing/],
    [
      'https://x.convex.cloud',
      undefined,
      /convexSiteUrl .*NEXT_PUBLIC_CONVEX_SITE_URL to https:\/\/x\.convex\.site\./,
    ],
    [
      'https://x.eu-west-1.convex.cloud/',
      'https://x.convex.cloud',
      /https:\/\/x\.eu-west-1\.convex\.site\./,
    ],
    [
      'http://localhost:3210',
      undefined,
      /convexSiteUrl .*not of its site.*NEXT_PUBLIC_CONVEX_SITE_URL to http:\/\/localhost:3211\./,
    ],
    ['https://acme.dev', undefined, /Pass convexUrl.*NEXT_PUBLIC_CONVEX_URL/],
    ['http://localhost', undefined, /Pass convexUrl/],
    ['https://evil.dev/.convex.site', undefined, /Pass convexUrl/],
    ['x.convex.site', undefined, /convexSiteUrl is not a URL that starts with http/],
    ['localhost:3211', undefined, /convexSiteUrl is not a URL that starts with http/],
    ['https://acme.dev', 'api.acme.dev', /convexUrl is not a URL/],
    [
      'https://acme.dev',
      'https://x.convex.site',
      /convexUrl .*Set it to https:\/\/x\.convex\.cloud/,
    ],
  ])('%s, convexUrl %s', async (convexSiteUrl, convexUrl, message) => {
    await expect(resolveDeploymentUrls({ convexSiteUrl, convexUrl })).rejects.toThrowError(message);
  });
});
