import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface ProgramOptions {
  cwd: string;
  env?: Record<string, string>;
}

export interface ProgramResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that was started; `printed` grows while it runs. */
export interface RunningProgram extends AsyncDisposable {
  process: ChildProcess;
  printed: { stdout: string; stderr: string };
  ended: Promise<ProgramResult>;
}

/** How long a program may take to put its files away when it is told to end. */
const END_MS = 5_000;

/** Starts a program without standard input; disposing of it ends it. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: ProgramOptions,
): RunningProgram {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Shorter than the time of a test: a program that hangs must not outlive it.
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...printed }));
  });
  return {
    process: child,
    printed,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Runs a program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  return startProgram(command, args, options).ended;
}
