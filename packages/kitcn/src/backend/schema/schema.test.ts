import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { parseSchema } from './schema.ts';
import type { JSONValue } from 'convex/values';

/** `export()` is internal in the types of `convex/server`. */
function exported(schema: unknown): string {
  return (schema as { export(): string }).export();
}

test('a schema of convex/server', () => {
  const schema = defineSchema(
    {
      users: defineTable({
        name: v.string(),
        team: v.optional(v.id('teams')),
        address: v.object({ city: v.string() }),
        vector: v.array(v.number()),
      })
        .index('by_name', ['name'])
        .index('by_team_and_name', ['team', 'name', 'address.city'])
        .searchIndex('search_name', { searchField: 'name' })
        .vectorIndex('by_vector', { vectorField: 'vector', dimensions: 4 }),
      teams: defineTable(v.union(v.object({ a: v.string() }), v.object({ b: v.string() }))),
      things: defineTable(v.any()),
    },
    { schemaValidation: false },
  );
  const parsed = parseSchema(exported(schema));
  expect(parsed.schemaValidation).toBe(false);
  expect(parsed.tables.map(({ name }) => name)).toEqual(['users', 'teams', 'things']);
  expect(parsed.tables[0]).toMatchObject({
    indexes: [
      { name: 'by_name', fields: ['name'] },
      { name: 'by_team_and_name', fields: ['team', 'name', 'address.city'] },
    ],
    searchIndexes: ['search_name'],
    vectorIndexes: ['by_vector'],
    validator: { type: 'object' },
  });
  // It is stored as JSON.
  expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
});

test('staged indexes are known as such', () => {
  const table = defineTable({ name: v.string() }).index('by_name', {
    fields: ['name'],
    staged: true,
  });
  expect(parseSchema(exported(defineSchema({ users: table }))).tables[0]?.indexes).toEqual([
    { name: 'by_name', fields: ['name'], isStaged: true },
  ]);
});

function withTable(table: { [key: string]: JSONValue }): JSONValue {
  return { tables: [{ tableName: 'users', indexes: [], documentType: null, ...table }] };
}

const withIndex = (indexDescriptor: string, fields: string[]): JSONValue =>
  withTable({ indexes: [{ indexDescriptor, fields }] });

const invalid: [string, JSONValue][] = [
  ['not an object', []],
  ['a system table name', withTable({ tableName: '_users' })],
  ['a table name with a dash', withTable({ tableName: 'my-users' })],
  ['a long table name', withTable({ tableName: 'a'.repeat(65) })],
  ['a table twice', { tables: [{ tableName: 'a' }, { tableName: 'a' }] }],
  ['by_id', withIndex('by_id', ['name'])],
  ['by_creation_time', withIndex('by_creation_time', ['name'])],
  ['an index name with an underscore first', withIndex('_by_name', ['name'])],
  ['an index without fields', withIndex('by_name', [])],
  ['a system field', withIndex('by_name', ['_id'])],
  ['the tie-breaker', withIndex('by_name', ['name', '_creationTime'])],
  ['a field twice', withIndex('by_name', ['name', 'name'])],
  ['an empty part of a path', withIndex('by_name', ['name..first'])],
  ['17 fields', withIndex('by_name', [...'abcdefghijklmnopq'])],
  [
    'an index twice',
    withTable({
      indexes: [{ indexDescriptor: 'by_name', fields: ['a'] }],
      searchIndexes: [{ indexDescriptor: 'by_name', searchField: 'a', filterFields: [] }],
    }),
  ],
  [
    '65 indexes',
    withTable({
      indexes: Array.from({ length: 65 }, (_, index) => ({
        indexDescriptor: `i${index}`,
        fields: ['a'],
      })),
    }),
  ],
  ['documents that are strings', withTable({ documentType: { type: 'string' } })],
  [
    'a union with a string',
    withTable({ documentType: { type: 'union', value: [{ type: 'any' }, { type: 'string' }] } }),
  ],
];

const NESTED = {
  type: 'union',
  value: [
    { type: 'object', value: { name: { fieldType: { type: 'string' }, optional: true } } },
    {
      type: 'object',
      value: {
        address: {
          fieldType: {
            type: 'object',
            value: {
              city: { fieldType: { type: 'string' }, optional: false },
              more: { fieldType: { type: 'any' }, optional: false },
            },
          },
          optional: true,
        },
        counts: {
          fieldType: {
            type: 'record',
            keys: { type: 'string' },
            values: { fieldType: { type: 'number' }, optional: false },
          },
          optional: true,
        },
      },
    },
  ],
};

const withIndexed = (field: string, documentType: JSONValue = NESTED): JSONValue =>
  withTable({ documentType, indexes: [{ indexDescriptor: 'by_it', fields: [field] }] });

test.each(['name', 'address', 'address.city', 'address.more.any', 'counts.a'])(
  'an index on %s, which some documents may have',
  (field) => {
    expect(parseSchema(withIndexed(field)).tables[0]?.indexes).toHaveLength(1);
  },
);

test('an index on anything, where documents may be anything', () => {
  expect(() => parseSchema(withIndexed('nmae', { type: 'any' }))).not.toThrow();
});

test.each(['nmae', 'address.town', 'name.first', 'counts.a.b', 'toString'])(
  'an index on %s, which no document has, is named',
  (field) => {
    expect(() => parseSchema(withIndexed(field))).toThrow(
      `"by_it" of table "users" names the field "${field}"`,
    );
  },
);

describe('parseSchema refuses', () => {
  test.each(invalid)('%s', (_, json) => {
    expect(() => parseSchema(json)).toThrow(expect.objectContaining({ code: 'InvalidSchema' }));
  });
});
