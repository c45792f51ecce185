import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

const rows = defineTable({
  number: v.number(),
  key: v.string(),
  name: v.string(),
  email: v.string(),
  isActive: v.boolean(),
  tags: v.array(v.string()),
}).index('by_key', ['key']);

export default defineSchema({
  few: rows,
  many: rows,
  list: rows.index('by_number', ['number']),
  written: defineTable({ text: v.string() }),
  signals: defineTable({ sentAt: v.number() }),
});
