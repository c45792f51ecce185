import { isErrorCode, isErrorStatus } from '../errors/codes.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import type { ErrorDeclaration, ErrorDeclarations, ErrorMakerOptions } from './error-types.ts';
import { misuse } from './misuse.ts';
import { createOutputParse } from './parse.ts';
import { isPromise } from './promise.ts';

/** Makes one declared error; what it was declared with is on it, for codegen. */
export interface MakeError {
  (data?: unknown, options?: ErrorMakerOptions): CRPCError;
  readonly declaration: ErrorDeclaration;
}

/** The declared errors of a procedure by code. The same functions in all procedures that share a declaration. */
export type DeclaredErrors = Readonly<Record<string, MakeError>>;

const CODE = /^[A-Za-z]\w*$/;

/** Who made an error, and so has checked its data. */
const makers = new WeakMap<CRPCError, MakeError>();

/** `declared` and what is declared anew. Throws for a code or a status that cannot be one. */
export function declareErrors(
  declarations: ErrorDeclarations,
  declared: DeclaredErrors,
): DeclaredErrors {
  const errors: Record<string, MakeError> = { ...declared };
  for (const [code, declaration] of Object.entries(declarations)) {
    if (isErrorCode(code) || Object.hasOwn(errors, code)) {
      throw misuse(`.errors(): the code ${code} is taken`);
    }
    if (!CODE.test(code) || !isErrorStatus(declaration.status)) {
      throw misuse(`.errors(): ${code} must be an identifier, its status from 400 to 599`);
    }
    errors[code] = createMaker(code, declaration);
  }
  return errors;
}

function createMaker(code: string, declaration: ErrorDeclaration): MakeError {
  const { data: schema, message, status } = declaration;
  const what = `Data of the error ${code}`;
  const parse = createOutputParse(schema, what);
  const make = (given?: unknown, options: ErrorMakerOptions = {}): CRPCError => {
    if (schema === undefined && given !== undefined) throw misuse(`${what} is not declared`);
    const data = parse(given);
    if (isPromise(data)) {
      data.then(undefined, () => {});
      throw misuse(`${what} needs a synchronous schema`);
    }
    const error = new CRPCError({
      code,
      status,
      message: options.message ?? message ?? code,
      data,
      cause: options.cause,
    });
    makers.set(error, maker);
    return error;
  };
  const maker: MakeError = Object.assign(make, { declaration });
  return maker;
}

/**
 * What leaves a procedure for what was thrown in it: a declared code leaves with data that fits, or not at all, whoever
 * made the error, so that callers can rely on the code.
 */
export function toDeclared(thrown: unknown, errors: DeclaredErrors): unknown {
  if (!isCRPCError(thrown)) return thrown;
  const { code, message } = thrown;
  // What could not be sent, a result or an argument, is no mistake of whoever called this procedure.
  if (code === 'BAD_REQUEST' && thrown.origin === 'client') {
    return new CRPCError({ ...thrown, code: 'INTERNAL_SERVER_ERROR', message });
  }
  if (!Object.hasOwn(errors, code)) return thrown;
  const make = errors[code];
  if (make === undefined || makers.get(thrown) === make) return thrown;
  try {
    return make(thrown.data, { message });
  } catch (problem) {
    return problem;
  }
}
