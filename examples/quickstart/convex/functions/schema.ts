import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

export default defineSchema({
  user: defineTable({
    name: v.string(),
    email: v.string(),
    tokenIdentifier: v.optional(v.string()),
  })
    .index('by_email', ['email'])
    .index('by_token', ['tokenIdentifier']),
  team: defineTable({ name: v.string(), ownerId: v.id('user') })
    .index('by_owner', ['ownerId'])
    .index('by_name', ['name']),
  item: defineTable({ title: v.string(), searchText: v.optional(v.string()) }),
});
