import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { hasCode } from '../shared/has-code.ts';
import { BackendError } from './backend-error.ts';

/** Two readings of the start of one process differ by no more than this (milliseconds). */
const CLOCK_SLACK_MS = 2_000;

/** A takeover is a few file operations; one that is older than this was cut short by a crash. */
const TAKEOVER_LIMIT_MS = 10_000;

/** Gives the folder back. */
export type ReleaseLock = () => void;

/**
 * Holds a folder for this process by a file `lock` in it: process id and start of the process. The lock of a dead
 * process is taken over; 409 `DataFolderInUse` if the holder lives, this process included.
 */
export function lockFolder(folder: string): ReleaseLock {
  const lockFile = path.join(folder, 'lock');
  const content = `${process.pid} ${Math.round(processStart())} ${randomUUID()}\n`;
  if (!tryCreate(lockFile, content)) takeOver(folder, content);
  return () => {
    if (tryRead(lockFile) === content) rmSync(lockFile, { force: true });
  };
}

/** Created with its content in one step: nobody ever reads a lock that is half written. */
function tryCreate(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Replaces a dead process's lock. Two processes may find it dead at once, so only the one that holds `lock.takeover`
 * looks again and removes it; whoever then creates the new one first has it.
 */
function takeOver(folder: string, content: string): void {
  const lockFile = path.join(folder, 'lock');
  const takeover = path.join(folder, 'lock.takeover');
  assertDead(tryRead(lockFile), folder);
  if (!tryCreate(takeover, content)) {
    const since = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - since < TAKEOVER_LIMIT_MS) throw inUse(folder, null);
    rmSync(takeover, { force: true });
    return takeOver(folder, content);
  }
  try {
    const found = tryRead(lockFile);
    assertDead(found, folder);
    if (found !== null) rmSync(lockFile, { force: true });
    if (!tryCreate(lockFile, content)) throw inUse(folder, null);
  } finally {
    rmSync(takeover, { force: true });
  }
}

function assertDead(content: string | null, folder: string): void {
  const [pid = NaN, start = NaN] = (content ?? '').split(' ').map(Number);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid, start)) throw inUse(folder, pid);
}

function isAlive(pid: number, start: number): boolean {
  // In a container the process id is often the same after a restart, but the start is not.
  if (pid === process.pid) return Math.abs(start - processStart()) < CLOCK_SLACK_MS;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function processStart(): number {
  return Date.now() - process.uptime() * 1000;
}

function tryRead(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function inUse(folder: string, pid: number | null): BackendError {
  const holder =
    pid === null
      ? 'another process'
      : pid === process.pid
        ? `this process (${pid})`
        : `process ${pid}`;
  return new BackendError(
    409,
    'DataFolderInUse',
    `The data folder ${folder} is held by ${holder}. Stop it, or use another folder. If that process is not a backend, delete ${path.join(folder, 'lock')}.`,
  );
}
