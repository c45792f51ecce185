/** A document as a deployment stores it. */
export type Row = Record<string, string | number | boolean | null | Date>;

/** What a row of each kind is like. */
export const ROWS = {
  'documents of eight fields': (n: number): Row => toDocument(n),
  'documents with two Dates': (n: number): Row => ({
    ...toDocument(n),
    createdAt: new Date(1_700_000_000_000 + n),
    updatedAt: new Date(1_710_000_000_000 + n),
  }),
  'eight short fields': (n: number): Row => ({
    title: `t${n}`,
    done: n % 2 === 0,
    age: n % 90,
    next: null,
    kind: 'on',
    left: n * 2,
    by: n % 7,
    at: n + 1,
  }),
  'twenty-four fields': (n: number): Row =>
    Object.fromEntries(
      Array.from({ length: 24 }, (_, index) => [
        `field${index}`,
        index % 3 === 0 ? `v${n}` : n + index,
      ]),
    ),
} as const;

function toDocument(n: number): Row {
  return {
    name: `User Number ${n}`,
    email: `user${n}@example.com`,
    age: n % 90,
    score: n * 1.25,
    isActive: n % 3 === 0,
    team: n % 7 === 0 ? null : `team-${n % 20}`,
    _id: `j57d3m${n.toString(36).padStart(26, '0')}`,
    _creationTime: 1_700_000_000_000 + n,
  };
}

/** The same rows with nothing in them that JSON lacks. */
export function withoutDates(rows: readonly Row[]): Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, field]) => [
        name,
        field instanceof Date ? field.getTime() : field,
      ]),
    ),
  );
}

/** As Convex gives the fields of a document; code that writes an object gives them as they come. */
export function sortFields(row: Row): Row {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
