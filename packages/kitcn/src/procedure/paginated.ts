import { paginationOptsValidator, paginationResultValidator } from 'convex/server';
import type { PaginationOptions } from 'convex/server';
import { v } from 'convex/values';
import type { GenericValidator } from 'convex/values';
import * as z from 'zod/mini';
import type { Handler } from './definition.ts';
import { misuse } from './misuse.ts';
import type { Page, ParsedPageInput } from './procedure-types.ts';
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
    throw misuse(`.paginated({ limit: ${limit} }): the limit must be a whole number from 1 on`);
  }
  return { input: createPageInput(limit), args: PAGE_ARGS, output: createPage(item) };
}

function createPageInput(limit: number): Schema {
  // More than the cap is not an error: a list that loads more than it should still goes on.
  const cap = z.overwrite<number>((asked) => Math.min(asked, limit));
  const cursor = z._default(z.nullable(z.string()), null);
  return z.object({
    cursor,
    limit: z._default(z.int().check(z.gte(1), cap), limit),
    endCursor: cursor,
  });
}

const { endCursor: optionalCursor } = paginationOptsValidator.fields;

const PAGE_ARGS = v.object({
  cursor: optionalCursor,
  limit: v.optional(v.number()),
  endCursor: optionalCursor,
  paginationOpts: v.optional(paginationOptsValidator),
});

function createPage(item: Schema): Schema {
  if (isConvexSchema(item)) return paginationResultValidator(item as never);
  if (!isZodSchema(item)) {
    throw misuse('.paginated({ item }): the item’s schema is neither Zod’s nor Convex’s');
  }
  // Both come from Convex and go to its hooks; what words there are is between the two.
  const forHooks = z.optional(z.nullable(z.string()));
  return z.object({
    page: z.array(item),
    isDone: z.boolean(),
    continueCursor: z.string(),
    splitCursor: forHooks,
    pageStatus: forHooks,
  });
}

/** `paginationOpts` as `cursor`, `limit` and `endCursor`; the input as it is without. */
export function flattenPageInput(raw: unknown): unknown {
  const { paginationOpts, ...own } = raw as { paginationOpts?: PaginationOpts | null };
  if (typeof paginationOpts !== 'object' || paginationOpts === null) return raw;
  const { cursor, numItems, endCursor } = paginationOpts;
  return { ...own, cursor, limit: numItems, endCursor };
}

interface PaginationOpts {
  numItems: unknown;
  cursor: unknown;
  endCursor?: unknown;
}

/**
 * Gives the handler `paginationOpts`, all that the caller has asked for. Convex's hooks split a page that says where,
 * and ask for its halves by `endCursor`: what a handler that goes by `cursor` and `limit` alone would answer then has
 * gaps, so its pages do not say.
 */
export function createPageHandler(handler: Handler): Handler {
  return async (options) => {
    let isSplittable = false;
    const result = await handler({
      ...options,
      get paginationOpts(): PaginationOptions {
        isSplittable = true;
        // `createPageInput` is among the schemas that made it.
        const { cursor, limit, endCursor } = options.input as ParsedPageInput;
        return { cursor, numItems: limit, endCursor };
      },
    });
    const page = result as Page<unknown>; // As the handler's type demands.
    return isSplittable ? page : { ...page, splitCursor: undefined, pageStatus: undefined };
  };
}
