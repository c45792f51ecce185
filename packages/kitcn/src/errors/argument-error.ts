import { CRPCError } from './crpc-error.ts';

/**
 * What Convex answers when arguments do not fit a function's validator starts so; text that a function threw starts
 * `Uncaught`. It comes without data, so the text is all there is to tell it by, and production hides even that.
 */
const PREFIX = 'ArgumentValidationError:';

/**
 * The `BAD_REQUEST` that Convex's answer `text` stands for, the same at every caller; `undefined` for any other text.
 * It says what is wrong and where, without the value that Convex's text has in it.
 */
export function tryArgumentError(
  text: string,
  functionName: string,
  cause: unknown,
): CRPCError | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const message = `The deployment refused the arguments of ${functionName}: ${toProblem(text)}`;
  return new CRPCError({ code: 'BAD_REQUEST', message, origin: 'platform', cause });
}

/** `ArgumentValidationError: <what>`, then lines such as `Path: .name`. */
function toProblem(text: string): string {
  const [what = ''] = text.slice(PREFIX.length).trim().split('\n', 1);
  const path = /^Path: \.?(.+)$/m.exec(text)?.[1];
  return path === undefined ? what : `${what} Path: ${path}`;
}
