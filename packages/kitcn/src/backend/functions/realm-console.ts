import { inspect } from 'node:util';

const LONGEST_LINE = 32_768;

/** What the console of a realm asks of the functions that run in it. */
export interface ConsoleHost {
  write(line: string): void;
  /** Milliseconds, as the running function's `performance.now()` has them. */
  now(): number;
  /** The running call: counters and timers are its own. */
  call(): object;
}

/** What a call has counted, and when its timers began, by label. */
interface Labels {
  counts: Map<string, number>;
  timers: Map<string, number>;
}

/**
 * The `console` of user functions. Lines have Convex's shape: `[LOG] 'text' 42`.
 */
export function createRealmConsole(host: ConsoleHost): Record<string, unknown> {
  const printText = (level: string, text: string): void => {
    const line = `[${level}] ${text}`;
    host.write(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} (cut)` : line);
  };
  const print = (level: string, values: readonly unknown[]): void =>
    printText(level, values.map((value) => inspect(value)).join(' '));
  const at =
    (level: string) =>
    (...values: unknown[]): void =>
      print(level, values);
  const ignore = (): void => {};
  const log = at('LOG');
  return {
    log,
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    trace: log,
    dir: log,
    table: log,
    group: log,
    assert: (condition: unknown, ...values: unknown[]): void => {
      if (!condition) print('ERROR', ['Assertion failed', ...values]);
    },
    groupEnd: ignore,
    clear: ignore,
    ...createLabelled(host, printText),
  };
}

/** Counters and timers, as browsers have them. */
function createLabelled(
  { now, call }: ConsoleHost,
  print: (level: string, text: string) => void,
): Record<string, unknown> {
  const all = new WeakMap<object, Labels>();
  const labels = (): Labels => {
    const key = call();
    const known = all.get(key) ?? { counts: new Map(), timers: new Map() };
    all.set(key, known);
    return known;
  };
  const printTimer = (label: string, values: readonly unknown[]): boolean => {
    const start = labels().timers.get(label);
    if (start === undefined) {
      print('WARN', `Timer '${label}' does not exist`);
      return false;
    }
    const more = values.map((value) => ` ${inspect(value)}`).join('');
    print('INFO', `${label}: ${Number((now() - start).toFixed(3))}ms${more}`);
    return true;
  };
  return {
    count(label: unknown = 'default') {
      const { counts } = labels();
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      print('INFO', `${String(label)}: ${count}`);
    },
    countReset(label: unknown = 'default') {
      if (labels().counts.delete(String(label))) return;
      print('WARN', `Count for '${String(label)}' does not exist`);
    },
    time(label: unknown = 'default') {
      const { timers } = labels();
      if (timers.has(String(label))) print('WARN', `Timer '${String(label)}' already exists`);
      else timers.set(String(label), now());
    },
    timeLog: (label: unknown = 'default', ...values: unknown[]): void =>
      void printTimer(String(label), values),
    timeEnd(label: unknown = 'default') {
      if (printTimer(String(label), [])) labels().timers.delete(String(label));
    },
  };
}
