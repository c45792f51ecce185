export type TestErrorCode =
  | 'NO_MODULES'
  | 'NOT_SUPPORTED'
  | 'NESTED_CALL'
  | 'ENDLESS_JOBS'
  | 'BAD_TIME'
  | 'MODULE_FAILED'
  | 'CLOSED';

/** A test backend was used in a way that cannot work. */
export class TestError extends Error {
  override readonly name = 'TestError';
  readonly code: TestErrorCode;

  constructor(code: TestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
