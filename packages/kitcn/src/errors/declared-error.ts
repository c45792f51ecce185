import type { CRPCError } from './crpc-error.ts';

/** An error that a procedure declares with `.errors()`, as it is thrown and as every caller receives it. */
export interface DeclaredError<Code extends string, Data> extends CRPCError<Data, Code> {
  readonly data: Data;
}

/** The declared errors of a procedure, told apart by `code`; `Errors` has their data by code. */
export type DeclaredErrorOf<Errors> = {
  [Code in keyof Errors & string]: DeclaredError<Code, Errors[Code]>;
}[keyof Errors & string];
