import { safeParseAsync } from 'zod/v4/core';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import { CRPCError } from '../errors/crpc-error.ts';
import type { Schema } from './schema.ts';

/** One thing wrong with an input. */
export interface InputIssue {
  path: (string | number)[];
  /** Zod's issue code, such as `invalid_type`. */
  code: string;
  message: string;
}

/** The data of an input error, the same at every caller. */
export interface InputErrorData {
  issues: InputIssue[];
}

/** Every schema's result, merged. Throws `BAD_REQUEST` with `data: { issues }`. */
export async function parseInput(schemas: readonly Schema[], raw: unknown): Promise<unknown> {
  let merged: unknown = schemas.length === 0 ? raw : undefined;
  const issues: $ZodIssue[] = [];
  for (const schema of schemas) {
    const result = await safeParseAsync(toZod(schema), raw);
    if (!result.success) issues.push(...result.error.issues);
    else merged = merged === undefined ? result.data : { ...merged, ...(result.data as object) };
  }
  if (issues.length === 0) return merged;
  const data: InputErrorData = { issues: issues.map(toInputIssue) };
  throw new CRPCError({ code: 'BAD_REQUEST', message: describe('Input', issues), data });
}

/** The output schema's result. A failure names code and path, never the value: it is the procedure's own mistake. */
export async function parseOutput(schema: Schema, result: unknown): Promise<unknown> {
  const parsed = await safeParseAsync(toZod(schema), result);
  if (parsed.success) return parsed.data;
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: describe('Output', parsed.error.issues),
  });
}

/** Schemas are kept by the part of them that types read; every one of them is a Zod schema. */
function toZod(schema: Schema): $ZodType {
  return schema as $ZodType;
}

function toInputIssue(issue: $ZodIssue): InputIssue {
  return { path: issue.path.map(toStep), code: issue.code, message: issue.message };
}

function describe(what: string, issues: readonly $ZodIssue[]): string {
  const list = issues.map(({ code, path }) => `${path.map(toStep).join('.') || '(root)'} ${code}`);
  return `${what} does not fit its schema: ${list.join(', ')}`;
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'symbol' ? String(step) : step;
}
