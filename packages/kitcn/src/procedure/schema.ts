/**
 * The part of a Zod 4 schema (classic or mini) that types read. Constraining by it instead of by Zod's class keeps
 * each procedure's type cost near Zod's own.
 */
export interface Schema<Input = unknown, Output = unknown> {
  readonly _zod: { readonly input: Input; readonly output: Output };
}

export type InputOf<S extends Schema> = S['_zod']['input'];
export type OutputOf<S extends Schema> = S['_zod']['output'];
