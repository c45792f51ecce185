import { paginationOptsValidator } from 'convex/server';
import { v } from 'convex/values';
import type { GenericValidator } from 'convex/values';
import * as z from 'zod/mini';
import { misuse } from './misuse.ts';
import { isConvexSchema, isZodSchema } from './schema.ts';
import type { Schema } from './schema.ts';

/** The schemas that `.paginated()` adds. */
export interface PageSchemas {
  input: Schema;
  /** Convex's own hooks and clients send `paginationOpts` instead of our `cursor` and `limit`. */
  args: GenericValidator;
  output: Schema;
}

/** Throws at definition time for a limit that is no page size. */
export function createPageSchemas({ limit, item }: { limit: number; item: Schema }): PageSchemas {
  if (!Number.isInteger(limit) || limit < 1) {
    throw misuse(`.paginated({ limit: ${limit} }): the limit is a whole number from 1 on`);
  }
  return { input: createPageInput(limit), args: PAGE_ARGS, output: createPage(item) };
}

function createPageInput(limit: number): Schema {
  // More than the cap is not an error: a list that loads more than it should still goes on.
  const cap = z.overwrite<number>((asked) => Math.min(asked, limit));
  return z.object({
    cursor: z._default(z.nullable(z.string()), null),
    limit: z._default(z.int().check(z.minimum(1), cap), limit),
  });
}

const PAGE_ARGS = v.object({
  cursor: v.optional(v.union(v.string(), v.null())),
  limit: v.optional(v.number()),
  paginationOpts: v.optional(paginationOptsValidator),
});

function createPage(item: Schema): Schema {
  if (isConvexSchema(item)) {
    const page = v.array(item as never);
    return v.object({ page, isDone: v.boolean(), continueCursor: v.string() });
  }
  if (!isZodSchema(item)) {
    throw misuse('.paginated({ item }): the item’s schema is Zod’s or a Convex validator');
  }
  // Kept by the part of it that types read; it is a Zod schema.
  const page = z.array(item as unknown as z.ZodMiniType);
  return z.object({ page, isDone: z.boolean(), continueCursor: z.string() });
}

/**
 * `paginationOpts` as `cursor` and `limit`; the input as it is without. `endCursor`, where a half of a page that was split
 * has to end, would be lost on the way to the handler's `paginate`, so pages do not say where they could be split.
 */
export function flattenPageInput(raw: unknown): unknown {
  const { paginationOpts, ...own } = raw as { paginationOpts?: PaginationOpts | null };
  if (typeof paginationOpts !== 'object' || paginationOpts === null) return raw;
  return { ...own, cursor: paginationOpts.cursor, limit: paginationOpts.numItems };
}

interface PaginationOpts {
  numItems: unknown;
  cursor: unknown;
}
