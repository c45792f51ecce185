import { BackendError } from '../backend-error.ts';

/** What is counted of a transaction; the names are those of `ctx.meta.getTransactionMetrics()`. */
export type TransactionMetric =
  | 'bytesRead'
  | 'bytesWritten'
  | 'databaseQueries'
  | 'documentsRead'
  | 'documentsWritten'
  | 'functionsScheduled'
  | 'scheduledFunctionArgsBytes';

type Amounts = Record<TransactionMetric, number>;

/** At most so much of each; of what is left out, as much as Convex allows. */
export type TransactionLimits = Partial<Readonly<Amounts>>;

interface Limit {
  readonly most: number;
  readonly code: string;
  /** Convex's words, with the limit. */
  readonly message: (most: number) => string;
}

const MEBIBYTES_16 = 16 * 1024 * 1024;

const READ_LESS =
  'Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.';

const inFunction = (what: string, unit = '') => {
  return (most: number) =>
    `Too many ${what} in a single function execution (limit: ${most}${unit})`;
};

const toRead = (what: string, unit = '') => {
  return (most: number) => `${inFunction(what, unit)(most)}. ${READ_LESS}`;
};

/** Convex's limits for one transaction, all functions that run in it together. */
export const TRANSACTION_LIMITS: Readonly<Record<TransactionMetric, Limit>> = {
  bytesRead: {
    most: MEBIBYTES_16,
    code: 'TooManyBytesRead',
    message: toRead('bytes read', ' bytes'),
  },
  bytesWritten: {
    most: MEBIBYTES_16,
    code: 'TooManyBytesWritten',
    message: inFunction('bytes written', ' bytes'),
  },
  databaseQueries: { most: 4_096, code: 'TooManyReads', message: toRead('reads') },
  documentsRead: {
    most: 32_000,
    code: 'TooManyDocumentsRead',
    message: toRead('documents read'),
  },
  documentsWritten: { most: 16_000, code: 'TooManyWrites', message: inFunction('writes') },
  functionsScheduled: {
    most: 1_000,
    code: 'TooManyFunctionsScheduled',
    message: (most) => `Too many functions scheduled by this mutation (limit: ${most})`,
  },
  scheduledFunctionArgsBytes: {
    most: MEBIBYTES_16,
    code: 'ScheduledFunctionsArgumentsTooLarge',
    message: (most) =>
      `Too large total size of the arguments of scheduled functions from this mutation (limit: ${most} bytes)`,
  },
};

// The keys of the record above, which the compiler knows to be all of them.
const METRICS = Object.keys(TRANSACTION_LIMITS) as TransactionMetric[];

const NOTHING: Readonly<Amounts> = amounts(() => 0);
/** So much that nothing reaches it; a number that JSON has, for those who ask how much is left. */
export const NO_LIMITS: TransactionLimits = amounts(() => Number.MAX_SAFE_INTEGER);
const MOST: Readonly<Amounts> = amounts((metric) => TRANSACTION_LIMITS[metric].most);

/** What goes with the writes when a sub-transaction is rolled back; what was read stays read. */
const WRITE_METRICS: readonly TransactionMetric[] = [
  'bytesWritten',
  'documentsWritten',
  'functionsScheduled',
  'scheduledFunctionArgsBytes',
];

/**
 * What one transaction has done of what it may do. What would exceed a limit throws, is not done and not counted, so
 * that a function which catches the error can commit what it did before.
 */
export class TransactionUsage {
  readonly #used: Amounts = { ...NOTHING };
  #most: Readonly<Amounts>;

  /** `limits` stand in place of Convex's. */
  constructor(limits?: TransactionLimits) {
    this.#most = limits === undefined ? MOST : amounts((metric) => limits[metric] ?? MOST[metric]);
  }

  countQuery(): void {
    this.#assertRoom('databaseQueries', 1);
    this.#used.databaseQueries += 1;
  }

  countRead(bytes: number): void {
    this.#assertRoom('documentsRead', 1);
    this.#assertRoom('bytesRead', bytes);
    this.#used.documentsRead += 1;
    this.#used.bytesRead += bytes;
  }

  /** Before the write; 0 bytes for a document that is removed. */
  countWrite(bytes: number): void {
    this.#assertRoom('documentsWritten', 1);
    this.#assertRoom('bytesWritten', bytes);
    this.#used.documentsWritten += 1;
    this.#used.bytesWritten += bytes;
  }

  countScheduled(argsBytes: number): void {
    this.#assertRoom('functionsScheduled', 1);
    this.#assertRoom('scheduledFunctionArgsBytes', argsBytes);
    this.#used.functionsScheduled += 1;
    this.#used.scheduledFunctionArgsBytes += argsBytes;
  }

  metrics(): Record<TransactionMetric, { used: number; remaining: number }> {
    const entries = METRICS.map((metric) => {
      const used = this.#used[metric];
      return [metric, { used, remaining: this.#most[metric] - used }] as const;
    });
    // One entry for each metric.
    return Object.fromEntries(entries) as ReturnType<TransactionUsage['metrics']>;
  }

  /** Lowers limits to what a nested call may use by itself; they can only get lower. Answers how to undo it. */
  lower(limits: TransactionLimits): () => void {
    const before = this.#most;
    this.#most = amounts((metric) =>
      Math.min(before[metric], this.#used[metric] + Math.max(limits[metric] ?? Infinity, 0)),
    );
    return () => {
      this.#most = before;
    };
  }

  /** Remembers what was written so far. Answers how to go back to it. */
  mark(): () => void {
    const before = { ...this.#used };
    return () => {
      for (const metric of WRITE_METRICS) this.#used[metric] = before[metric];
    };
  }

  #assertRoom(metric: TransactionMetric, amount: number): void {
    const most = this.#most[metric];
    if (this.#used[metric] + amount <= most) return;
    const { code, message } = TRANSACTION_LIMITS[metric];
    throw new BackendError(400, code, message(most));
  }
}

function amounts(of: (metric: TransactionMetric) => number): Amounts {
  return {
    bytesRead: of('bytesRead'),
    bytesWritten: of('bytesWritten'),
    databaseQueries: of('databaseQueries'),
    documentsRead: of('documentsRead'),
    documentsWritten: of('documentsWritten'),
    functionsScheduled: of('functionsScheduled'),
    scheduledFunctionArgsBytes: of('scheduledFunctionArgsBytes'),
  };
}
