import type { ProcedureType } from '../shared/type-procedure.ts';

/** A compile error that says what to do; nothing can be called or assigned to it. */
export interface TypeMessage<Message extends string> {
  readonly '~message': Message;
}

export type NotAnObject =
  TypeMessage<'.input() takes an object schema, for Convex arguments have names: z.object({ … }). Schemas that are neither Zod’s nor Convex’s need { args: v.object({ … }) } with them'>;

export type OptionalOutput =
  TypeMessage<'.output() cannot be optional at its root, for Convex has no undefined: use .nullable()'>;

export type OutputDeclared =
  TypeMessage<'The output is declared already: .output() or .paginated() is called once'>;

export type CodeOfTable =
  TypeMessage<'This code is in the code table: throw new CRPCError({ code, data }), or declare another name'>;

export type CodeDeclared = TypeMessage<'This code is declared already'>;

export type QueriesOnly = TypeMessage<'Only queries are paginated'>;

export type EndWith<Type extends ProcedureType> =
  TypeMessage<`This builder makes a ${Type}: end it with .${Type}(handler)`>;
