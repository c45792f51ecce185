import type { GenericId } from 'convex/values';
import type { TypeMessage } from '../procedure/type-message.ts';
import type { CallPromise, TypeOf } from '../shared/type-procedure.ts';

/** A function whose only argument may be left out when it has no required field. */
export type Callable<Input, Output> = object extends Input
  ? (input?: Input) => Promise<Output>
  : (input: Input) => Promise<Output>;

/** The same for a procedure that declares errors: by code, their data. */
export type DeclaringCallable<Input, Output, Errors> = object extends Input
  ? (input?: Input) => CallPromise<Output, Errors>
  : (input: Input) => CallPromise<Output, Errors>;

type CallableOf<Input, Output, Errors> = [keyof Errors] extends [never]
  ? Callable<Input, Output>
  : DeclaringCallable<Input, Output, Errors>;

/**
 * A procedure's raw handler. It takes what the input schemas would have made, and can be called only with a context
 * that has all that the procedure's middleware would have added.
 */
export type HandlerFunction<F, Ctx> =
  Ctx extends TypeOf<F, 'ctx'>
    ? CallableOf<TypeOf<F, 'parsedInput'>, TypeOf<F, 'handlerOutput'>, TypeOf<F, 'errors'>>
    : TypeMessage<'The ctx lacks what this procedure’s middleware adds. Use create<Module>Caller(ctx), which runs it.'>;

/** What a procedure's raw handler returns. */
export type HandlerOutput<F> = TypeOf<F, 'handlerOutput'>;

/** A procedure across a Convex function boundary: validated, with its middleware. */
export type CallerFunction<F> = CallableOf<
  TypeOf<F, 'input'>,
  TypeOf<F, 'output'>,
  TypeOf<F, 'errors'>
>;

/** A procedure that is run later. The id finds it in `_scheduled_functions`. */
export type ScheduleFunction<F> = Callable<TypeOf<F, 'input'>, ScheduledId>;

export type ScheduledId = GenericId<'_scheduled_functions'>;

/** When to run the functions of a module, `Functions`. */
export interface Schedule<Functions> {
  /** Right after the mutation commits; in an action, at once. */
  readonly now: Functions;
  /** In `delay` milliseconds. */
  after(delay: number): Functions;
  /** At a Date or a time in milliseconds since the epoch; a time that has passed means now. */
  at(time: Date | number): Functions;
  /** Cancels what has not started. */
  cancel(id: ScheduledId): Promise<void>;
}
