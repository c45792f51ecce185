/** What one batch may hold: a deployment refuses bodies above 16 MiB. Source: Convex's HTTP API. */
const MAX_QUERIES = 100;
const MAX_BYTES = 16 * 1024 * 1024;

/** In UTF-8, which never takes more than three bytes for a unit of a string. */
const MAX_BYTES_PER_UNIT = 3;

const START = '{"queries":[';
const END = ']}';

/** Queries of a snapshot that travel together. */
export interface Batch {
  /** Position of its first query. */
  readonly start: number;
  readonly end: number;
  readonly body: string;
}

/** The queries in as few batches as the limits allow, in order; what is too large by itself is sent by itself. */
export function splitBatch(queries: readonly string[]): Batch[] {
  const batches: Batch[] = [];
  let start = 0;
  let bytes = 0;
  const close = (end: number): void => {
    batches.push({ start, end, body: START + queries.slice(start, end).join(',') + END });
    start = end;
    bytes = 0;
  };
  const isSmall = totalUnits(queries) * MAX_BYTES_PER_UNIT < MAX_BYTES;
  queries.forEach((query, index) => {
    const size = isSmall ? 0 : countBytes(query) + 1;
    const isFull = index - start === MAX_QUERIES || bytes + size > MAX_BYTES;
    if (isFull && index > start) close(index);
    bytes += size;
  });
  if (start < queries.length) close(queries.length);
  return batches;
}

function totalUnits(queries: readonly string[]): number {
  return queries.reduce((units, query) => units + query.length + 1, START.length + END.length);
}

function countBytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
