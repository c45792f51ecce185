import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

export default defineSchema({
  user: defineTable({ name: v.string(), email: v.string() }).index('by_email', ['email']),
  team: defineTable({ name: v.string(), ownerId: v.id('user') }),
  message: defineTable({ room: v.string(), author: v.string(), body: v.string() }).index(
    'by_room',
    ['room'],
  ),
});
