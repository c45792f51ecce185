import type { Clock } from '../../shared/clock.ts';
import type { AuthProvider } from '../functions/function-host.ts';
import type { DevelopmentIssuer } from './development-issuer.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** Verifies tokens like `TokenVerifier`, which is loaded, and `jose` with it, when the first one comes. */
export class LazyTokenVerifier {
  readonly #clock: Clock;
  readonly #own: DevelopmentIssuer | null;
  #providers: readonly AuthProvider[] = [];
  #verifier: Promise<TokenVerifier> | undefined;

  constructor(clock: Clock, own: DevelopmentIssuer | null) {
    this.#clock = clock;
    this.#own = own;
  }

  setProviders(providers: readonly AuthProvider[]): void {
    this.#providers = providers;
  }

  async verify(token: string): Promise<VerifiedToken> {
    this.#verifier ??= loadVerifier(this.#clock, this.#own);
    const verifier = await this.#verifier;
    verifier.setProviders(this.#providers);
    return verifier.verify(token);
  }
}

async function loadVerifier(clock: Clock, own: DevelopmentIssuer | null): Promise<TokenVerifier> {
  const [{ ProviderKeys }, { TokenVerifier }] = await Promise.all([
    import('./provider-keys.ts'),
    import('./token-verifier.ts'),
  ]);
  return new TokenVerifier(clock, new ProviderKeys({ own }));
}
