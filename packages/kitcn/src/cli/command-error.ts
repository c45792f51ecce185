/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

export type CommandErrorCode =
  'FUNCTION_FAILED' | 'NO_ADMIN_KEY' | 'NO_AUTH_KEY' | 'NOT_REACHABLE' | 'REQUEST_REFUSED';

/** What the command was asked for did not work out, and the message says why: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
