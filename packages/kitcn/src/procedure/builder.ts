import type { GenericValidator } from 'convex/values';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { checkInputSchema, checkOutputSchema } from './check-schema.ts';
import { createProcedure } from './create-procedure.ts';
import { declareErrors } from './declared-errors.ts';
import type { AnyMiddleware, Handler, ProcedureDefinition } from './definition.ts';
import type { ErrorDeclarations } from './error-types.ts';
import { misuse } from './misuse.ts';
import { createPageHandler, createPageSchemas } from './paginated.ts';
import type { Schema } from './schema.ts';

/** The builder at run time; its types are in `builder-types.ts`. */
export class Builder {
  readonly #definition: ProcedureDefinition;

  constructor(definition: ProcedureDefinition) {
    this.#definition = definition;
  }

  internal(): Builder {
    return this.#with({ visibility: 'internal' });
  }

  name(name: string): Builder {
    return this.#with({ name });
  }

  meta(meta: Record<string, unknown>): Builder {
    return this.#with({ meta: { ...this.#definition.meta, ...meta } });
  }

  errors(declarations: ErrorDeclarations): Builder {
    return this.#with({ errors: declareErrors(declarations, this.#definition.errors) });
  }

  use(middleware: AnyMiddleware): Builder {
    return this.#with({ middlewares: [...this.#definition.middlewares, middleware] });
  }

  input(schema: Schema, { args }: { args?: GenericValidator } = {}): Builder {
    checkInputSchema(schema, args);
    return this.#withInput(schema, args);
  }

  output(schema: Schema, { returns }: { returns?: GenericValidator } = {}): Builder {
    this.#refuseSecondOutput('.output()');
    checkOutputSchema(schema);
    return this.#with({ output: schema, returnsValidator: returns });
  }

  paginated(options: { limit: number; item: Schema }): Builder {
    const { type } = this.#definition;
    if (type !== 'query') throw misuse(`This builder makes a ${type}: .paginated() is for queries`);
    this.#refuseSecondOutput('.paginated()');
    const { input, args, output } = createPageSchemas(options);
    return this.#withInput(input, args).#with({ output, isPaginated: true });
  }

  query(handler: Handler): object {
    return this.#finish('query', handler);
  }

  mutation(handler: Handler): object {
    return this.#finish('mutation', handler);
  }

  action(handler: Handler): object {
    return this.#finish('action', handler);
  }

  #with(change: Partial<ProcedureDefinition>): Builder {
    return new Builder({ ...this.#definition, ...change });
  }

  #withInput(schema: Schema, args: GenericValidator | undefined): Builder {
    const { inputs, argsValidators } = this.#definition;
    return this.#with({ inputs: [...inputs, schema], argsValidators: [...argsValidators, args] });
  }

  #refuseSecondOutput(method: string): void {
    const { isPaginated, output } = this.#definition;
    if (!output) return;
    const first = isPaginated ? '.paginated()' : '.output()';
    throw misuse(`${method} after ${first}: the output can be declared once`);
  }

  #finish(method: ProcedureType, handler: Handler): object {
    const { type, isPaginated } = this.#definition;
    if (method !== type) {
      throw misuse(`This builder makes a ${type}: end it with .${type}(handler), not .${method}`);
    }
    return createProcedure(this.#definition, isPaginated ? createPageHandler(handler) : handler);
  }
}
