import type { JSONValue } from 'convex/values';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import { configurationError } from './configuration-error.ts';
import { isControlFlow } from './control-flow.ts';
import type { Exchange, HttpAnswer } from './http-exchange.ts';
import { toNetworkError } from './network-error.ts';

/** Whom an admin acts as: the claims that `ctx.auth.getUserIdentity()` gives in the function. */
export interface ActingIdentity {
  subject: string;
  issuer: string;
  /** Default: `<issuer>|<subject>`. */
  tokenIdentifier?: string;
  [claim: string]: JSONValue | undefined;
}

/** Visible ASCII, as the header demands; `fetch` would name the key in its complaint. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Stands where the key stood. */
const REDACTED = '[admin key]';

/** What a custom `fetch` or a proxy had to say of a failure, without the key. */
class RedactedError extends Error {
  override readonly name = 'RedactedError';
}

/** The key to everything of a deployment. It goes into the `Authorization` header and nowhere else. */
export class AdminKey {
  readonly #key: string;
  /** What must be shown to nobody: the part behind the name of the deployment, as text and as JSON. */
  readonly #secrets: readonly string[];

  constructor(key: unknown) {
    if (typeof key !== 'string' || !SENDABLE.test(key)) {
      throw configurationError(
        'adminKey is missing, or holds something that cannot be sent. Leave it out for public procedures.',
      );
    }
    this.#key = key;
    const secret = /\|(.+)$/.exec(key)?.[1] ?? key;
    this.#secrets = [secret, JSON.stringify(secret).slice(1, -1)];
  }

  /** The header of an admin that acts as nobody. */
  get authorization(): string {
    return `Convex ${this.#key}`;
  }

  /** The header of one that acts as a user: behind a colon the base64 of whom. */
  authorizationAs(identity: ActingIdentity): string {
    assertIdentity(identity);
    return `Convex ${this.#key}:${toBase64(JSON.stringify(identity))}`;
  }

  /** The same way to the network, with failures that never show the key, whatever echoes it. */
  guard(exchange: Exchange): Exchange {
    return async (request) => {
      try {
        return this.#redactFailure(await exchange(request));
      } catch (error) {
        if (error instanceof Error && isControlFlow(error)) throw error;
        const failure = isCRPCError(error) ? error : toNetworkError(request.url, error);
        throw failure.origin === 'network' ? this.#withoutCause(failure) : failure;
      }
    };
  }

  /** What a function returned is left as it is. */
  #redactFailure(answer: HttpAnswer): HttpAnswer {
    const isSuccess =
      answer.status === 200 && /^\s*\{\s*"status"\s*:\s*"success"/.test(answer.text);
    return isSuccess ? answer : { ...answer, text: this.#redact(answer.text) };
  }

  /** A foreign error may hold the request with its headers; what it says is all that is kept. */
  #withoutCause({ code, message, origin, cause }: CRPCError): CRPCError {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return new CRPCError({
      code,
      message: this.#redact(message),
      origin,
      cause: new RedactedError(this.#redact(said)),
    });
  }

  #redact(text: string): string {
    return this.#secrets.reduce((redacted, secret) => redacted.replaceAll(secret, REDACTED), text);
  }
}

/** The key of a factory that has one in its options. */
export function createAdminKey({
  adminKey,
  auth,
}: {
  adminKey?: unknown;
  auth?: unknown;
}): AdminKey {
  const admin = new AdminKey(adminKey);
  if (auth === undefined) return admin;
  throw configurationError('adminKey and auth exclude each other. Make two factories.');
}

/** Without this a user who is missing by mistake would be the admin. */
function assertIdentity(identity: ActingIdentity): void {
  const { issuer, subject } = (identity as ActingIdentity | null | undefined) ?? {};
  if (typeof issuer === 'string' && typeof subject === 'string') return;
  throw new CRPCError({
    code: 'BAD_REQUEST',
    message: 'ctx.as takes an identity with `issuer` and `subject`',
    origin: 'client',
  });
}

function toBase64(text: string): string {
  return btoa(
    Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''),
  );
}
