import { CRPCError } from '../errors/crpc-error.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { createProcedure } from './create-procedure.ts';
import type { Handler, ProcedureDefinition } from './definition.ts';
import type { Middleware } from './middleware.ts';
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

  meta(meta: Record<string, unknown>): Builder {
    return this.#with({ meta: { ...this.#definition.meta, ...meta } });
  }

  use(middleware: Middleware<object, object, unknown>): Builder {
    return this.#with({ middlewares: [...this.#definition.middlewares, middleware] });
  }

  input(schema: Schema): Builder {
    return this.#with({ inputs: [...this.#definition.inputs, schema] });
  }

  output(schema: Schema): Builder {
    if (this.#definition.output) throw misuse('.output() can be called once');
    return this.#with({ output: schema });
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

  #finish(method: ProcedureType, handler: Handler): object {
    const { type } = this.#definition;
    if (method !== type) {
      throw misuse(`This builder makes a ${type}: end it with .${type}(handler), not .${method}`);
    }
    return createProcedure(this.#definition, handler);
  }
}

function misuse(message: string): CRPCError {
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}
