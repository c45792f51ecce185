import type { TokenSource } from './token-source.ts';

/** The token of one request, as its calls need it. */
export type Tokens = Pick<TokenSource, 'token' | 'load' | 'prove' | 'tokenAfter'>;

/** Where nobody is asked for tokens. */
export const NO_TOKENS: Tokens = {
  token: undefined,
  load: async () => {},
  prove() {},
  tokenAfter: async () => undefined,
};
