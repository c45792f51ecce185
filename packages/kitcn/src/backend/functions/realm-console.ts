import { inspect } from 'node:util';

const LONGEST_LINE = 32_768;

/**
 * The `console` of user functions. Lines have Convex's shape: `[LOG] 'text' 42`.
 */
export function createRealmConsole(write: (line: string) => void): Record<string, unknown> {
  const print = (level: string, values: readonly unknown[]): void => {
    const text = values.map((value) => inspect(value)).join(' ');
    const line = `[${level}] ${text}`;
    write(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} (cut)` : line);
  };
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
    time: ignore,
    timeLog: ignore,
    timeEnd: ignore,
    count: ignore,
    countReset: ignore,
    clear: ignore,
  };
}
