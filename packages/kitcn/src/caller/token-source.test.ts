import { describe, expect, test } from 'vitest';
import { TokenSource } from './token-source.ts';
import type { TokenResult } from './token-source.ts';

/** A source that answers from a list, and what it was asked. */
function scripted(...answers: (TokenResult | (() => Promise<TokenResult>))[]): {
  source: TokenSource;
  asked: boolean[];
} {
  const asked: boolean[] = [];
  const source = new TokenSource(async (forceRefresh) => {
    asked.push(forceRefresh);
    const answer = answers[asked.length - 1] ?? {};
    return typeof answer === 'function' ? answer() : answer;
  });
  return { source, asked };
}

const fail = (error: unknown) => async (): Promise<TokenResult> => {
  throw error;
};

describe('the first token', () => {
  test('is fetched once, however many wait for it', async () => {
    const { source, asked } = scripted({ token: 'a' });
    await Promise.all([source.load(), source.load()]);
    await source.load();
    expect(asked).toEqual([false]);
    expect(source.token).toBe('a');
  });

  test('is asked for again after a failure', async () => {
    const cause = new TypeError('the auth server is down');
    const { source } = scripted(fail(cause), { token: 'a' });
    await expect(source.load()).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR', cause });
    await source.load();
    expect(source.token).toBe('a');
  });

  test.each(['two words', 'line\nbreak', 'ümlaut', 7 as never])(
    '%j cannot be sent',
    async (token) => {
      const { source } = scripted({ token });
      await expect(source.load()).rejects.toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'getToken returned something that cannot be sent as a token',
      });
    },
  );

  test('a bare string is refused: without this it would be no token', async () => {
    const source = new TokenSource(async () => 'jwt' as never);
    await expect(source.load()).rejects.toMatchObject({
      origin: 'client',
      message: 'getToken must give { token }, not a string',
    });
  });

  test('an empty one is none', async () => {
    const { source } = scripted({ token: '' });
    await source.load();
    expect(source.token).toBeUndefined();
  });

  test('framework control flow passes untouched', async () => {
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/login' });
    const response = new Response(null, { status: 302 });
    const { source } = scripted(fail(redirect), fail(response));
    await expect(source.load()).rejects.toBe(redirect);
    await expect(source.load()).rejects.toBe(response);
  });
});

describe('the token after a refused one', () => {
  test('is refreshed once for all that wait', async () => {
    const { source, asked } = scripted({ token: 'a' }, { token: 'b' });
    await source.load();
    const newer = await Promise.all(Array.from({ length: 20 }, () => source.tokenAfter('a')));
    expect(new Set(newer)).toEqual(new Set(['b']));
    expect(asked).toEqual([false, true]);
  });

  test('is the present one if that is newer', async () => {
    const { source, asked } = scripted({ token: 'a' }, { token: 'b' });
    await source.load();
    await source.tokenAfter('a');
    expect(await source.tokenAfter('a')).toBe('b');
    expect(asked).toHaveLength(2);
  });

  test('is none if the refused one was fresh, or was refreshed already', async () => {
    const fresh = scripted({ token: 'a', isFresh: true });
    await fresh.source.load();
    expect(await fresh.source.tokenAfter('a')).toBeUndefined();
    expect(fresh.asked).toEqual([false]);

    const refreshed = scripted({ token: 'a' }, { token: 'b' });
    await refreshed.source.load();
    await refreshed.source.tokenAfter('a');
    expect(await refreshed.source.tokenAfter('b')).toBeUndefined();
    expect(refreshed.asked).toHaveLength(2);
  });

  test('is another one if a fresh one was good, and is refused by the deployment one day', async () => {
    const { source, asked } = scripted(
      { token: 'a', isFresh: true },
      { token: 'b' },
      { token: 'c' },
    );
    await source.load();
    expect(await source.tokenAfter('a', true)).toBeUndefined();
    source.prove('a');
    expect(await source.tokenAfter('a')).toBeUndefined();
    expect(await source.tokenAfter('a', true)).toBe('b');
    source.prove('a'); // Of a call that was under way with the old one.
    expect(await source.tokenAfter('b', true)).toBeUndefined();
    source.prove('b');
    expect(await source.tokenAfter('b', true)).toBe('c');
    expect(asked).toEqual([false, true, true]);
  });

  test('is none if there was none, if there is no other, or if the user is signed out by now', async () => {
    const anonymous = scripted({});
    await anonymous.source.load();
    expect(await anonymous.source.tokenAfter(undefined)).toBeUndefined();
    expect(anonymous.asked).toHaveLength(1);

    const same = scripted({ token: 'a' }, { token: 'a' });
    await same.source.load();
    expect(await same.source.tokenAfter('a')).toBeUndefined();

    const signedOut = scripted({ token: 'a' }, {});
    await signedOut.source.load();
    expect(await signedOut.source.tokenAfter('a')).toBeUndefined();
    expect(signedOut.source.token).toBeUndefined();
  });

  test('a refresh that failed is tried again', async () => {
    const { source } = scripted({ token: 'a' }, fail(new Error('down')), { token: 'b' });
    await source.load();
    await expect(source.tokenAfter('a')).rejects.toMatchObject({ message: 'getToken failed' });
    expect(await source.tokenAfter('a')).toBe('b');
  });
});
