/** Whether it is an error of Node's with this code: `ENOENT` and the like. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
