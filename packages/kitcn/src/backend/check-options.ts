import { inspect } from 'node:util';
import { BackendError } from './backend-error.ts';
import type { BackendOptions } from './server.ts';

interface Check {
  readonly expected: string;
  isMet(value: unknown): boolean;
}

const PORT = numberFrom(0, 65_535, Number.isInteger);

const TEXT: Check = {
  expected: 'a text that is not empty',
  isMet: (value) => typeof value === 'string' && value !== '',
};

const CHECKS = {
  host: TEXT,
  dataDir: TEXT,
  port: PORT,
  sitePort: PORT,
  durability: {
    expected: '"full" or "relaxed"',
    isMet: (value) => value === 'full' || value === 'relaxed',
  },
  // A day at most: past 24 of them, timers of Node fire at once.
  transactionTimeoutMs: numberFrom(1, 86_400_000),
  // With less a thread cannot start, and V8 ends the whole process over it.
  memoryLimitMb: numberFrom(32, 1_048_576),
} satisfies Partial<Record<keyof BackendOptions, Check>>;

/** Refuses values that Node and SQLite would take for others. Code `InvalidOption`. */
export function checkOptions(options: BackendOptions): void {
  for (const [name, { expected, isMet }] of Object.entries(CHECKS)) {
    const value: unknown = options[name as keyof typeof CHECKS];
    if (value === undefined || isMet(value)) continue;
    const message = `The option "${name}" must be ${expected}; it is ${inspect(value)}.`;
    throw new BackendError(400, 'InvalidOption', message);
  }
}

function numberFrom(least: number, most: number, isKind = Number.isFinite): Check {
  const kind = isKind === Number.isInteger ? 'a whole number' : 'a number';
  return {
    expected: `${kind} from ${least} to ${most}`,
    isMet: (value) => typeof value === 'number' && isKind(value) && value >= least && value <= most,
  };
}
