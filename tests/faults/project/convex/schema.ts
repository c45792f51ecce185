import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

const half = defineTable({ key: v.string() }).index('by_key', ['key']);

export default defineSchema({ left: half, right: half });
