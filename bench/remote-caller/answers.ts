/** What a call asks for: one small object, or a page of a hundred rows. */
export type Size = 'small' | 'rows';

export const VALUES: Record<Size, unknown> = {
  small: { id: 'j5700000000000000000000000000000', name: 'Ada', isAdmin: false, age: 36 },
  rows: Array.from({ length: 100 }, (_, index) => ({
    _id: `j57${String(index).padStart(29, '0')}`,
    _creationTime: 1_700_000_000_000.5 + index,
    name: `User ${index}`,
    email: `user${index}@example.com`,
    age: 20 + (index % 50),
    isAdmin: index % 10 === 0,
    tags: ['one', 'two', 'three'],
  })),
};

/** As a Convex deployment answers `POST /api/query`. */
export const CONVEX_ANSWERS: Record<Size, string> = {
  small: toConvexAnswer('small'),
  rows: toConvexAnswer('rows'),
};

/** As tRPC's HTTP adapter answers one query. */
export const TRPC_ANSWERS: Record<Size, string> = {
  small: JSON.stringify({ result: { data: VALUES.small } }),
  rows: JSON.stringify({ result: { data: VALUES.rows } }),
};

function toConvexAnswer(size: Size): string {
  return JSON.stringify({ status: 'success', value: VALUES[size], logLines: [] });
}
