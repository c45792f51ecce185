import type { SchemaProgress } from '../storage/apply-schema.ts';

const INTERVAL_MS = 1_000;

/** Tells how far a change of the schema is, once in a second, if it takes longer than that. */
export function createProgressLog(
  log: (line: string) => void,
  now: () => number = () => performance.now(),
): (progress: SchemaProgress) => void {
  let last = now();
  return ({ table, indexes, done, total }) => {
    if (now() - last < INTERVAL_MS) return;
    last = now();
    const task =
      indexes === null
        ? `Checking table "${table}" against the schema`
        : `Adding ${indexes.join(', ')} to table "${table}"`;
    log(`[INFO] ${task}: ${done} of ${total} documents.`);
  };
}
