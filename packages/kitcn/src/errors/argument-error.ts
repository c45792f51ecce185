/**
 * What Convex answers when arguments do not fit a function's validator starts with this name. It comes without data,
 * so the text is all there is to tell it by; a production deployment hides even that.
 */
const ARGUMENT_ERROR = /^(?:Uncaught )?ArgumentValidationError:/m;

export function isArgumentError(message: string): boolean {
  return ARGUMENT_ERROR.test(message);
}
