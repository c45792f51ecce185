import { BackendError } from '../../backend/backend-error.ts';
import { ProjectError } from '../../project/project-error.ts';
import { CommandError, UsageError } from '../command-error.ts';

/** What the terminal shows of an error: its message if it was made for users, everything if it is a bug of ours. */
export function problemText(error: unknown): string {
  if (isExpected(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isExpected(error: unknown): error is Error {
  return [UsageError, CommandError, ProjectError, BackendError].some(
    (expected) => error instanceof expected,
  );
}
