import type { Clock } from '../shared/clock.ts';

/** Time that does not jump when the machine's is set: deadlines and durations go by it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
