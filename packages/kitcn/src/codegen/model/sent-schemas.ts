import type { JSONSchema } from 'zod/v4/core';

export type JsonSchema = JSONSchema.BaseSchema;

/** The JSON Schemas of what a function takes and gives; absent where nothing tells. */
export interface FunctionSchemas {
  input?: JsonSchema | undefined;
  output?: JsonSchema | undefined;
}

/** Those of the parts of a request, too. */
export interface RouteSchemas extends FunctionSchemas {
  params?: JsonSchema | undefined;
  searchParams?: JsonSchema | undefined;
  form?: JsonSchema | undefined;
  errors?: Record<string, ErrorSchema>;
}

/** What a route declares of one code; without data where the error has none. */
export interface ErrorSchema {
  status: number;
  data?: JsonSchema | undefined;
  /** Whether the error always comes with data. */
  hasData: boolean;
}
