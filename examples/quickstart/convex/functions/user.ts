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

export const list = publicQuery
  .input(z.object({ joinedAfter: z.date().optional() }))
  .output(z.array(user))
  .query(async ({ ctx, input }) => {
    const users = await ctx.db.query('user').collect();
    return users
      .map(toUser)
      .filter(({ createdAt }) => createdAt >= (input.joinedAfter ?? new Date(0)));
  });

export const getById = publicQuery
  .input(z.object({ id: zid('user') }))
  .output(user)
  .query(async ({ ctx, input }) => {
    const found = await ctx.db.get(input.id);
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

export const names = publicQuery
  .paginated({ limit: 50, item: z.object({ name: z.string() }) })
  .query(async ({ ctx, paginationOpts }) => {
    const result = await ctx.db.query('user').paginate(paginationOpts);
    return { ...result, page: result.page.map(({ name }) => ({ name })) };
  });
