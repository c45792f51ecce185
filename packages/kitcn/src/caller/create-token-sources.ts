import type { GetToken } from './caller-options.ts';
import { TokenSource } from './token-source.ts';

/** One source for each request, told apart by its `Headers` object; forgotten together with that. */
export function createTokenSources(
  getToken: GetToken,
): (siteUrl: string, headers: Headers) => TokenSource {
  const sources = new WeakMap<Headers, TokenSource>();
  return (siteUrl, headers) => {
    let source = sources.get(headers);
    if (source === undefined) {
      source = new TokenSource((forceRefresh) =>
        forceRefresh ? getToken(siteUrl, headers, { forceRefresh }) : getToken(siteUrl, headers),
      );
      sources.set(headers, source);
    }
    return source;
  };
}
