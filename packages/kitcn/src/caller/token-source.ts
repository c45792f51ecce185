import { tokenResultError, toTokenError } from './token-error.ts';

/** What `getToken` answers. */
export interface TokenResult {
  /** A JWT that the deployment's `auth.config.ts` accepts; none for an anonymous request. */
  token?: string | undefined;
  /** Whether the token was made just now, so that a refusal cannot be cured by another one. */
  isFresh?: boolean | undefined;
}

export type FetchToken = (forceRefresh: boolean) => Promise<TokenResult>;

/** Visible ASCII, as the header demands, or none; checked here because the error of `fetch` would show the token. */
const SENDABLE = /^[\x21-\x7e]*$/;

/** The token of one request, shared by its contexts and calls. A failure is not remembered: the next one asks again. */
export class TokenSource {
  readonly #fetchToken: FetchToken;
  #loading: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #token: string | undefined;
  #isFresh = false;
  /** Whether a call has succeeded with it. */
  #isProven = false;

  constructor(fetchToken: FetchToken) {
    this.#fetchToken = fetchToken;
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** Resolves when the first token is there. However often it is called, one is fetched. */
  load(): Promise<void> {
    this.#loading ??= this.#fetch(false).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** A call has succeeded with `token`. */
  prove(token: string | undefined): void {
    if (token === this.#token) this.#isProven = true;
  }

  /**
   * A token to try again with after `refused` was not enough: the present one if it is newer, otherwise a refreshed one,
   * fetched once for all calls that wait for it. `undefined` if there is none that could help.
   * @param byPlatform the deployment itself refused it: a fresh one that was good before has expired by now, as the
   *   tokens of contexts that live for hours do.
   */
  async tokenAfter(refused: string | undefined, byPlatform = false): Promise<string | undefined> {
    if (refused === undefined) return undefined;
    const mayHelp = !this.#isFresh || (byPlatform && this.#isProven);
    if (this.#token === refused && mayHelp) await this.#refresh();
    return this.#token === refused ? undefined : this.#token;
  }

  async #refresh(): Promise<void> {
    this.#refreshing ??= this.#fetch(true).finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #fetch(forceRefresh: boolean): Promise<void> {
    const { token, isFresh } = await this.#ask(forceRefresh);
    this.#token = token === '' ? undefined : token;
    // What was made on demand is as fresh as it gets, unless getToken knows better.
    this.#isFresh = isFresh ?? forceRefresh;
    this.#isProven = false;
  }

  async #ask(forceRefresh: boolean): Promise<TokenResult> {
    let result: TokenResult;
    try {
      result = (await this.#fetchToken(forceRefresh)) ?? {};
    } catch (error) {
      throw toTokenError(error);
    }
    if (isTokenResult(result)) return result;
    throw tokenResultError(result);
  }
}

/** A bare token, as other libraries give it, would pass for none at all. */
function isTokenResult(result: TokenResult): boolean {
  const { token } = result;
  return (
    typeof result !== 'string' &&
    (token === undefined || (typeof token === 'string' && SENDABLE.test(token)))
  );
}
