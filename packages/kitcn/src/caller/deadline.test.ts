import { describe, expect, test } from 'vitest';
import { Deadline } from './deadline.ts';

const never = (): Promise<never> => new Promise(() => {});

describe('Deadline', () => {
  test('without a limit it costs no signal', async () => {
    const deadline = new Deadline({ timeoutMs: Infinity, signals: [undefined] });
    expect(deadline.signal).toBeUndefined();
    expect(await deadline.race(async () => 1)).toBe(1);
  });

  test('time is up: TIMEOUT', async () => {
    const deadline = new Deadline({ timeoutMs: 1, signals: [] });
    await expect(deadline.race(never)).rejects.toMatchObject({ code: 'TIMEOUT', origin: 'client' });
    expect(deadline.signal?.reason).toMatchObject({ code: 'TIMEOUT' });
  });

  test('aborted: CLIENT_CLOSED_REQUEST with the reason as cause', async () => {
    const controller = new AbortController();
    const deadline = new Deadline({ timeoutMs: 60_000, signals: [undefined, controller.signal] });
    const outcome = deadline.race(never);
    controller.abort('gone');
    await expect(outcome).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST', cause: 'gone' });
    deadline.close();
  });

  test('already aborted: the work is not begun', async () => {
    let isBegun = false;
    const deadline = new Deadline({ timeoutMs: undefined, signals: [AbortSignal.abort()] });
    const outcome = deadline.race(async () => {
      isBegun = true;
    });
    await expect(outcome).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    expect(isBegun).toBe(false);
  });

  test("a user's AbortSignal.timeout is a TIMEOUT", async () => {
    const deadline = new Deadline({ timeoutMs: undefined, signals: [AbortSignal.timeout(1)] });
    await expect(deadline.race(never)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  test('closed, it no longer listens', () => {
    const controller = new AbortController();
    const deadline = new Deadline({ timeoutMs: undefined, signals: [controller.signal] });
    deadline.close();
    controller.abort();
    expect(deadline.signal?.aborted).toBe(false);
  });

  test.each([0, -5, NaN])('%s ms is refused', (timeoutMs) => {
    expect(() => new Deadline({ timeoutMs, signals: [] })).toThrowError(
      `timeoutMs must be a positive number of milliseconds, not ${timeoutMs}`,
    );
  });

  test('more than timers can hold is no limit', () => {
    expect(new Deadline({ timeoutMs: 2 ** 40, signals: [] }).signal).toBeUndefined();
  });
});
