import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BackendError } from '../backend-error.ts';
import { systemClock } from '../system-clock.ts';
import type { AuthProvider } from '../functions/function-host.ts';
import { ManualClock } from '../manual-clock.fixture.ts';
import { ProviderKeys } from './provider-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

/** `undefined` leaves a claim out. */
type Claims = Record<string, unknown>;

interface SigningKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

async function createKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

/** A real OpenID provider on loopback, as far as a verifier sees one. */
async function startIssuer(keys: SigningKey[], overrides: Record<string, unknown> = {}) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/.well-known/openid-configuration') {
      const document = { issuer: `${url}/`, jwks_uri: `${url}/keys`, ...overrides };
      response.end(JSON.stringify(document));
    } else if (request.url === '/keys') {
      // Not application/json on purpose: nobody may look at it.
      response.setHeader('content-type', 'text/plain');
      response.end(JSON.stringify({ keys: keys.map((key) => key.publicJwk) }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keys,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sign(key: SigningKey, claims: Claims, header: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'u1', iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

function createVerifier(...providers: AuthProvider[]): TokenVerifier {
  const verifier = new TokenVerifier(systemClock, new ProviderKeys({ cooldownMs: 0 }));
  verifier.setProviders(providers);
  return verifier;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  return error instanceof BackendError ? `${error.status} ${error.code}` : String(error);
}

const oidc = (domain: string): AuthProvider => ({ type: 'oidc', domain, applicationID: 'app' });
const customJwt = (issuer: string, jwks = `${issuer}/keys`): AuthProvider => ({
  type: 'customJwt',
  issuer,
  jwks,
  algorithm: 'ES256',
  applicationID: 'app',
});
const past = Math.floor(Date.now() / 1000) - 3600;

describe('OpenID Connect', () => {
  test('maps the standard claims and keeps others', async () => {
    const key = await createKey('RS256', 'k1');
    await using issuer = await startIssuer([key]);
    const token = await sign(key, {
      iss: issuer.url,
      aud: 'app',
      jti: 'dropped',
      fva: [1],
      name: 'Ada',
      given_name: 'Ada',
      preferred_username: 'ada',
      profile: 'https://ada',
      picture: 'https://ada/p',
      email: 'a@b.c',
      email_verified: true,
      phone_number_verified: 'not a boolean',
      birthdate: '1815',
      zoneinfo: 'UTC',
      locale: 'en',
      address: { formatted: 'London' },
      updated_at: 1_700_000_000,
      org: { id: 1 },
      subject: 'mallory',
      tokenIdentifier: 'mallory',
    });
    const { identity } = await createVerifier(oidc(`${issuer.url}/`)).verify(token);
    expect(identity).toEqual({
      tokenIdentifier: `${issuer.url}|u1`,
      subject: 'u1',
      issuer: issuer.url,
      name: 'Ada',
      givenName: 'Ada',
      preferredUsername: 'ada',
      profileUrl: 'https://ada',
      pictureUrl: 'https://ada/p',
      email: 'a@b.c',
      emailVerified: true,
      birthday: '1815',
      timezone: 'UTC',
      language: 'en',
      address: 'London',
      updatedAt: '2023-11-14T22:13:20.000Z',
      org: { id: 1 },
    });
  });

  test.each<[string, (token: { key: SigningKey; url: string }) => Promise<string>, string]>([
    ['valid', ({ key, url }) => sign(key, { iss: url, aud: 'app' }), 'accepted'],
    ['audience in a list', ({ key, url }) => sign(key, { iss: url, aud: ['app'] }), 'accepted'],
    [
      'several audiences',
      ({ key, url }) => sign(key, { iss: url, aud: ['app', 'b'] }),
      '401 Unauthenticated',
    ],
    [
      'other audience',
      ({ key, url }) => sign(key, { iss: url, aud: 'other' }),
      '401 NoAuthProvider',
    ],
    ['no audience', ({ key, url }) => sign(key, { iss: url }), '401 NoAuthProvider'],
    [
      'other issuer',
      ({ key }) => sign(key, { iss: 'https://evil', aud: 'app' }),
      '401 NoAuthProvider',
    ],
    ['no issuer', ({ key }) => sign(key, { aud: 'app' }), '401 InvalidAuthHeader'],
    [
      'expired',
      ({ key, url }) => sign(key, { iss: url, aud: 'app', exp: past }),
      '401 Unauthenticated',
    ],
    [
      'without expiry',
      ({ key, url }) => sign(key, { iss: url, aud: 'app', exp: undefined }),
      '401 Unauthenticated',
    ],
    [
      'without subject',
      ({ key, url }) => sign(key, { iss: url, aud: 'app', sub: undefined }),
      '401 Unauthenticated',
    ],
    [
      'unsigned',
      async ({ url }) =>
        new UnsecuredJWT({ iss: url, aud: 'app', sub: 'u1', exp: Date.now() }).encode(),
      '401 InvalidAuthHeader',
    ],
    [
      'signed by someone else',
      async ({ url }) => sign(await createKey('RS256', 'k1'), { iss: url, aud: 'app' }),
      '401 InvalidAuthHeader',
    ],
    [
      'unknown key id',
      ({ key, url }) => sign(key, { iss: url, aud: 'app' }, { kid: 'zz' }),
      '401 InvalidAuthHeader',
    ],
    [
      'symmetric algorithm',
      ({ url }) =>
        new SignJWT({ iss: url, aud: 'app', sub: 'u1', exp: Date.now() })
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(new TextEncoder().encode('k'.repeat(32))),
      '401 InvalidAuthHeader',
    ],
    [
      'tampered',
      async ({ key, url }) => {
        const [header, , signature] = (await sign(key, { iss: url, aud: 'app' })).split('.');
        const claims = JSON.stringify({ iss: url, aud: 'app', sub: 'admin', exp: past * 2 });
        return `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
      },
      '401 InvalidAuthHeader',
    ],
    ['no token at all', async () => 'nonsense', '401 InvalidAuthHeader'],
  ])('a token: %s', async (_name, makeToken, expected) => {
    const key = await createKey('RS256', 'k1');
    await using issuer = await startIssuer([key]);
    const token = await makeToken({ key, url: issuer.url });
    expect(await refusal(createVerifier(oidc(issuer.url)).verify(token))).toBe(expected);
  });

  test('keys are fetched once, and again for a key that is new', async () => {
    const [first, second] = [await createKey('EdDSA', 'k1'), await createKey('EdDSA', 'k2')];
    await using issuer = await startIssuer([first]);
    const verifier = createVerifier(oidc(issuer.url));
    const claims = { iss: issuer.url, aud: 'app' };
    const token = await sign(first, claims);
    await Promise.all([verifier.verify(token), verifier.verify(token)]);
    await verifier.verify(token);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    issuer.keys.splice(0, 1, second);
    await verifier.verify(await sign(second, claims));
    expect(issuer.requests).toHaveLength(3);
  });

  test.each([
    ['names another issuer', { issuer: 'https://evil' }],
    ['names no keys', { jwks_uri: undefined }],
    ['names keys that are not there', { jwks_uri: 'http://127.0.0.1:1/keys?secret=s3cret' }],
  ])('a discovery document that %s', async (_name, overrides) => {
    const key = await createKey('RS256', 'k1');
    await using issuer = await startIssuer([key], overrides);
    const token = await sign(key, { iss: issuer.url, aud: 'app' });
    const verified = createVerifier(oidc(issuer.url)).verify(token);
    expect(await refusal(verified)).toBe('400 AuthProviderDiscoveryFailed');
    await expect(verified).rejects.not.toThrow(/s3cret/);
  });

  test('an issuer that is down is asked again', async () => {
    const key = await createKey('RS256', 'k1');
    const stopped = await startIssuer([key]);
    await stopped[Symbol.asyncDispose]();
    const token = await sign(key, { iss: stopped.url, aud: 'app' });
    const verifier = createVerifier(oidc(stopped.url));
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await refusal(verifier.verify(token))).toBe('400 AuthProviderDiscoveryFailed');
    }
  });

  test('while an issuer is down those whose keys are known go on, however old the keys are', async () => {
    const [known, unknown] = [await createKey('RS256', 'k1'), await createKey('RS256', 'k2')];
    const issuer = await startIssuer([known]);
    const verifier = new TokenVerifier(
      systemClock,
      new ProviderKeys({ cooldownMs: 0, maxAgeMs: 0 }),
    );
    verifier.setProviders([oidc(issuer.url)]);
    const claims = { iss: issuer.url, aud: 'app' };
    const token = await sign(known, claims);
    await verifier.verify(token);
    await issuer[Symbol.asyncDispose]();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await refusal(verifier.verify(token))).toBe('accepted');
      const other = verifier.verify(await sign(unknown, claims));
      expect(await refusal(other)).toBe('400 AuthProviderDiscoveryFailed');
    }
  });

  test('a key that was withdrawn is refused once the keys are old', async () => {
    const key = await createKey('RS256', 'k1');
    await using issuer = await startIssuer([key]);
    const verifier = new TokenVerifier(
      systemClock,
      new ProviderKeys({ cooldownMs: 0, maxAgeMs: 0 }),
    );
    verifier.setProviders([oidc(issuer.url)]);
    const token = await sign(key, { iss: issuer.url, aud: 'app' });
    await verifier.verify(token);
    issuer.keys.length = 0;
    await expect.poll(() => refusal(verifier.verify(token))).toBe('401 InvalidAuthHeader');
  });

  test('keys that have moved are found', async () => {
    const [old, key] = [await createKey('RS256', 'k1'), await createKey('RS256', 'k2')];
    const before = await startIssuer([old]);
    const overrides: Record<string, unknown> = { jwks_uri: `${before.url}/keys` };
    await using issuer = await startIssuer([key], overrides);
    const verifier = createVerifier(oidc(issuer.url));
    const claims = { iss: issuer.url, aud: 'app' };
    await verifier.verify(await sign(old, claims));
    await before[Symbol.asyncDispose]();
    overrides['jwks_uri'] = `${issuer.url}/keys`;
    const token = await sign(key, claims);
    expect((await verifier.verify(token)).identity.subject).toBe('u1');
  });
});

describe('customJwt', () => {
  test('keeps claims under their own names, flattened', async () => {
    const key = await createKey('ES256', 'k1');
    await using issuer = await startIssuer([key]);
    const token = await sign(key, {
      iss: issuer.url,
      aud: ['other', 'app'],
      given_name: 'Ada',
      org: { id: 7, roles: ['x'], deep: { er: true } },
      fva: 1,
      jti: 'dropped',
      issuer: 'mallory',
    });
    const { identity } = await createVerifier(customJwt(issuer.url)).verify(token);
    expect(identity).toEqual({
      tokenIdentifier: `${issuer.url}|u1`,
      subject: 'u1',
      issuer: issuer.url,
      given_name: 'Ada',
      'org.id': 7,
      'org.roles': ['x'],
      'org.deep.er': true,
    });
  });

  test('reads keys from a data: URI, and any audience if none is configured', async () => {
    const key = await createKey('ES256', 'k1');
    const jwks = JSON.stringify({ keys: [key.publicJwk] });
    const dataUri = `data:text/plain;charset=utf-8;base64,${Buffer.from(jwks).toString('base64')}`;
    const verifier = createVerifier({
      type: 'customJwt',
      issuer: 'my.app',
      jwks: dataUri,
      algorithm: 'ES256',
    });
    const token = await sign(key, { iss: 'https://my.app/', aud: 'x' });
    const { identity } = await verifier.verify(token);
    expect(identity).toEqual({
      tokenIdentifier: 'https://my.app/|u1',
      subject: 'u1',
      issuer: 'https://my.app/',
    });
  });

  test('reads keys from a file, and again for a key that is new', async () => {
    const [first, second] = [await createKey('ES256', 'k1'), await createKey('ES256', 'k2')];
    const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-keys-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'keys.json');
    await writeFile(file, JSON.stringify({ keys: [first.publicJwk] }));
    const verifier = createVerifier(customJwt('https://my.app', pathToFileURL(file).href));
    const claims = { iss: 'https://my.app', aud: 'app' };
    expect((await verifier.verify(await sign(first, claims))).identity.subject).toBe('u1');
    await writeFile(file, JSON.stringify({ keys: [second.publicJwk] }));
    expect((await verifier.verify(await sign(second, claims))).identity.subject).toBe('u1');
    const missing = createVerifier(customJwt('https://my.app', 'file:///nowhere/keys.json'));
    expect(await refusal(missing.verify(await sign(first, claims)))).toBe(
      '400 AuthProviderDiscoveryFailed',
    );
  });

  test('an unknown key does not make the keys be fetched again and again', async () => {
    const key = await createKey('ES256', 'k1');
    await using issuer = await startIssuer([key]);
    const verifier = new TokenVerifier(systemClock);
    verifier.setProviders([customJwt(issuer.url)]);
    const claims = { iss: issuer.url, aud: 'app' };
    const unknown = await sign(await createKey('ES256', 'zz'), claims);
    const refusals = Array.from({ length: 20 }, () => refusal(verifier.verify(unknown)));
    expect(new Set(await Promise.all(refusals))).toEqual(new Set(['401 InvalidAuthHeader']));
    expect(issuer.requests.length).toBeLessThan(4);
  });

  test.each<{ name: string; claims?: Claims; header?: object; expected: string }>([
    { name: 'expired', claims: { exp: past }, expected: '401 InvalidAuthHeader' },
    { name: 'other audience', claims: { aud: 'other' }, expected: '401 NoAuthProvider' },
    { name: 'other issuer', claims: { iss: 'https://evil' }, expected: '401 NoAuthProvider' },
    { name: 'no key id', header: { kid: undefined }, expected: '401 InvalidAuthHeader' },
    { name: 'other key id', header: { kid: 'zz' }, expected: '401 InvalidAuthHeader' },
    { name: 'no subject', claims: { sub: undefined }, expected: '401 InvalidAuthHeader' },
    { name: 'no expiry', claims: { exp: undefined }, expected: '401 InvalidAuthHeader' },
  ])('a token: $name', async ({ claims, header, expected }) => {
    const key = await createKey('ES256', 'k1');
    await using issuer = await startIssuer([key]);
    const token = await sign(key, { iss: issuer.url, aud: 'app', ...claims }, header);
    expect(await refusal(createVerifier(customJwt(issuer.url)).verify(token))).toBe(expected);
  });

  test('the clock of the issuer may be off by a few seconds', async () => {
    const key = await createKey('ES256', 'k1');
    await using issuer = await startIssuer([key]);
    const exp = Math.floor(Date.now() / 1000) - 1;
    const token = await sign(key, { iss: issuer.url, aud: 'app', exp });
    const { identity } = await createVerifier(customJwt(issuer.url)).verify(token);
    expect(identity.subject).toBe('u1');
  });

  test('the algorithm is the configured one', async () => {
    const key = await createKey('RS256', 'k1');
    await using issuer = await startIssuer([key]);
    const token = await sign(key, { iss: issuer.url, aud: 'app' });
    const verified = createVerifier(customJwt(issuer.url)).verify(token);
    expect(await refusal(verified)).toBe('401 InvalidAuthHeader');
  });
});

/** When a token begins and ends, in seconds; long ago by the clock on the wall. */
const [BEGIN, END] = [1_000_000_000, 1_000_000_100];

test.each([
  { type: 'oidc', from: BEGIN, to: END, refused: '401 Unauthenticated' },
  { type: 'customJwt', from: BEGIN - 5, to: END + 5, refused: '401 InvalidAuthHeader' },
])(
  'a token of an $type provider is valid by the given clock',
  async ({ type, from, to, refused }) => {
    const key = await createKey(type === 'oidc' ? 'EdDSA' : 'ES256', 'k1');
    await using issuer = await startIssuer([key]);
    const clock = new ManualClock(0);
    const verifier = new TokenVerifier(clock);
    verifier.setProviders([type === 'oidc' ? oidc(issuer.url) : customJwt(issuer.url)]);
    const claims = { iss: issuer.url, aud: 'app', iat: BEGIN, nbf: BEGIN, exp: END };
    const token = await sign(key, claims);
    for (const [time, expected] of [
      [from * 1000 - 1, refused],
      [from * 1000, 'accepted'],
      [to * 1000 - 1, 'accepted'],
      [to * 1000, refused],
    ] as const) {
      clock.moveTo(time);
      expect(await refusal(verifier.verify(token)), `at ${time}`).toBe(expected);
    }
    clock.moveTo(from * 1000);
    expect((await verifier.verify(token)).expiresAt).toBe(to * 1000);
  },
);

test('without providers the message says where they are configured', async () => {
  const token = await sign(await createKey('ES256', 'k1'), { iss: 'https://a', aud: 'app' });
  await expect(createVerifier().verify(token)).rejects.toThrow(/auth\.config\.ts/);
});
