import type { Clock } from '../shared/clock.ts';

/** Timers do not notice that the clock was put forward, as it is after the machine slept. */
const LONGEST_TIMER_MS = 30_000;

/** The time of day, which documents and jobs are stamped with. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, work) {
    const [due, end] = [Date.now() + milliseconds, performance.now() + milliseconds];
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const isLast = left <= LONGEST_TIMER_MS;
      const part = isLast ? Math.max(Math.ceil(left), 0) : LONGEST_TIMER_MS;
      timer = setTimeout(() => {
        if (isLast) work();
        else wait(Math.min(due - Date.now(), end - performance.now()));
      }, part);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
