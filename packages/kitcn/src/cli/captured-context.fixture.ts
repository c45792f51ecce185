import type { CommandContext } from './command.ts';

/** For tests: a context whose output can be read. */
export interface CapturedContext extends CommandContext {
  readonly printed: { stdout: string; stderr: string };
}

/** For tests: runs commands in this process, in a folder that is not there unless said otherwise. */
export function capturedContext(overrides: Partial<CommandContext> = {}): CapturedContext {
  const printed = { stdout: '', stderr: '' };
  return {
    cwd: '/nowhere',
    env: {},
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    signal: new AbortController().signal,
    ...overrides,
    printed,
  };
}
