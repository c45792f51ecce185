import { zid } from 'convex-helpers/server/zod4';
import { CRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { authQuery, publicMutation, publicQuery } from '../lib/crpc';
import type { Doc } from './_generated/dataModel';

const user = z.object({
  id: zid('user'),
  name: z.string(),
  email: z.string(),
  createdAt: z.date(),
});

function toUser({ _id, _creationTime, name, email }: Doc<'user'>) {
  return { id: _id, name, email, createdAt: new Date(_creationTime) };
}

export const list = publicQuery.output(z.array(user)).query(async ({ ctx }) => {
  const users = await ctx.db.query('user').collect();
  return users.map(toUser);
});

/** Takes any text for an id: it comes from the address bar. */
export const getById = publicQuery
  .input(z.object({ id: z.string() }))
  .output(user)
  .query(async ({ ctx, input }) => {
    const id = ctx.db.normalizeId('user', input.id);
    const found = id && (await ctx.db.get(id));
    if (!found) {
      throw new CRPCError({
        code: 'NOT_FOUND',
        message: 'There is no such user',
        data: { id: input.id, askedAt: new Date() },
      });
    }
    return toUser(found);
  });

export const create = publicMutation
  .input(z.object({ name: z.string().min(1), email: z.email() }))
  .output(zid('user'))
  .mutation(async ({ ctx, input }) => {
    const existing = await ctx.db
      .query('user')
      .withIndex('by_email', (q) => q.eq('email', input.email))
      .unique();
    if (existing) throw new CRPCError({ code: 'CONFLICT', message: `${input.email} is taken` });
    return ctx.db.insert('user', input);
  });

export const getSessionUser = authQuery
  .output(z.object({ subject: z.string(), issuer: z.string() }))
  .query(async ({ ctx }) => ({ subject: ctx.identity.subject, issuer: ctx.identity.issuer }));

/** Who is asking, or `null`. */
export const viewer = publicQuery
  .output(z.string().nullable())
  .query(async ({ ctx }) => (await ctx.auth.getUserIdentity())?.subject ?? null);
