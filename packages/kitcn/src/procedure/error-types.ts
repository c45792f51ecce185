import type { CRPCErrorCode } from '../errors/codes.ts';
import type { DeclaredError } from '../errors/declared-error.ts';
import type { Schema, SchemaInput, SchemaOutput } from './schema.ts';
import type { CodeDeclared, CodeOfTable } from './type-message.ts';

/** What `.errors()` is told of one code. */
export interface ErrorDeclaration {
  /** The HTTP status, from 400 to 599. */
  status: number;
  /** Default: the code. */
  message?: string;
  /** The schema of the data; it must be synchronous, as a throw is. Without one the error has no data. */
  data?: Schema;
}

/** What `.errors()` takes: by code, what can go wrong. */
export type ErrorDeclarations = Readonly<Record<string, ErrorDeclaration>>;

/** Errors so declared are those that `.errors()` refuses, with the reason in place of the declaration. */
export type CheckedErrors<Added, Declared> = {
  readonly [Code in keyof Added]: Code extends CRPCErrorCode
    ? CodeOfTable
    : Code extends keyof Declared
      ? CodeDeclared
      : unknown;
};

/** What the maker of an error takes beside its data. */
export interface ErrorMakerOptions {
  /** Default: the declaration’s. */
  message?: string | undefined;
  /** Stays in this process. */
  cause?: unknown;
}

/** `errors` of handlers and middleware: by code, a function that makes the error to throw. */
export type ErrorMakers<Errors> = {
  readonly [Code in keyof Errors]: ErrorMaker<Code & string, DataSchema<Errors[Code]>>;
};

/** Throws `INTERNAL_SERVER_ERROR`, with code and path, for data that does not fit. */
type ErrorMaker<Code extends string, S> =
  undefined extends SchemaInput<S>
    ? (data?: SchemaInput<S>, options?: ErrorMakerOptions) => DeclaredError<Code, SchemaOutput<S>>
    : (data: SchemaInput<S>, options?: ErrorMakerOptions) => DeclaredError<Code, SchemaOutput<S>>;

/** What callers know of declared errors: by code, their data. */
export type ErrorData<Errors> = {
  -readonly [Code in keyof Errors]: SchemaOutput<DataSchema<Errors[Code]>>;
};

type DataSchema<Declaration> = Declaration extends { data: infer S } ? S : undefined;
