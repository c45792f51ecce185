/** A document as a deployment stores it. */
type Row = Record<string, string | number | boolean | null | Date>;

export interface RowOptions {
  hasDates: boolean;
  /** Convex gives the fields of a document sorted; code that writes an object gives them as they come. */
  isSorted: boolean;
}

export function toRows(count: number, { hasDates, isSorted }: RowOptions): Row[] {
  return Array.from({ length: count }, (_, n) => {
    const row = hasDates ? { ...toRow(n), ...toDates(n) } : toRow(n);
    return isSorted ? sortFields(row) : row;
  });
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

function toRow(n: number): Row {
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

function toDates(n: number): Row {
  return { createdAt: new Date(1_700_000_000_000 + n), updatedAt: new Date(1_710_000_000_000 + n) };
}

function sortFields(row: Row): Row {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
