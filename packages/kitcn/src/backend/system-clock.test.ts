import { expect, test, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

test('a wait that is longer than a timer can be', () => {
  vi.useFakeTimers();
  try {
    const work = vi.fn();
    systemClock.after(2 ** 32, work);
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledOnce();
    const never = vi.fn();
    const cancel = systemClock.after(2 ** 32, never);
    vi.advanceTimersByTime(2 ** 31);
    cancel();
    vi.advanceTimersByTime(2 ** 32);
    expect(never).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test('a clock that is put forward is noticed, as after the machine slept; one that is put back holds nothing up', () => {
  vi.useFakeTimers();
  try {
    const hour = 3_600_000;
    const [early, late] = [vi.fn(), vi.fn()];
    systemClock.after(hour, early);
    vi.setSystemTime(Date.now() + 2 * hour);
    vi.advanceTimersByTime(60_000);
    expect(early).toHaveBeenCalledOnce();
    systemClock.after(hour, late);
    vi.setSystemTime(Date.now() - 2 * hour);
    vi.advanceTimersByTime(hour);
    expect(late).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
