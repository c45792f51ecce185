import { defineSchema, defineTable } from 'convex/server';
import type { DataModelFromSchemaDefinition } from 'convex/server';
import { v } from 'convex/values';
import { initCRPC } from 'kitcn/server';

const schema = defineSchema({
  team: defineTable({ name: v.string(), ownerId: v.id('user') }),
  user: defineTable({ name: v.string() }),
});

export type DataModel = DataModelFromSchemaDefinition<typeof schema>;

const c = initCRPC.dataModel<DataModel>().meta<{ role?: 'admin' }>().create();

export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const publicAction = c.action;

export const withUser = c.middleware(async ({ next }) => next({ ctx: { user: { name: 'Ada' } } }));
export const authQuery = c.query.meta({ role: 'admin' }).use(withUser);
