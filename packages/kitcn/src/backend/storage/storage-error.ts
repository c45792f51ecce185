import { BackendError } from '../backend-error.ts';

interface Fault {
  readonly status: number;
  readonly code: string;
  /** What is wrong with a file, and what to do. */
  readonly message: (file: string) => string;
}

const FULL: Fault = {
  status: 503,
  code: 'DiskFull',
  message: (file) =>
    `There is no room on the disk for ${file}: this write was not done, those before it are safe. Make room; nothing needs to be started again.`,
};

const READ_ONLY: Fault = {
  status: 503,
  code: 'DataFolderNotWritable',
  message: (file) =>
    `${file} cannot be written: the file system, its folder or the file itself is read-only for this process. Make it writable, or choose another data folder.`,
};

const NO_FOLDER: Fault = {
  status: 503,
  code: 'DataFolderNotWritable',
  message: (file) =>
    `${file} cannot be a folder: there is a file in its place, or in the place of a folder above it. Choose another data folder.`,
};

const DAMAGED: Fault = {
  status: 500,
  code: 'DatabaseDamaged',
  message: (file) =>
    `The database ${file} is damaged: something other than kitcn wrote to it, or the disk fails. Stop the backend, keep a copy of the data folder, and put a backup in its place.`,
};

const FAILED: Fault = {
  status: 503,
  code: 'DiskFailed',
  message: (file) =>
    `The disk could not read or write ${file}: this write was not done, those before it are safe. Look at the disk and its free space; then try again.`,
};

/** By the primary result codes of SQLite (https://sqlite.org/rescode.html). */
const BY_RESULT_CODE: Readonly<Record<number, Fault>> = {
  3: READ_ONLY,
  8: READ_ONLY,
  10: FAILED,
  11: DAMAGED,
  13: FULL,
};

const BY_SYSTEM_CODE: Readonly<Record<string, Fault>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: READ_ONLY,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EEXIST: NO_FOLDER,
  ENOTDIR: NO_FOLDER,
  EIO: FAILED,
};

/** An error of SQLite, or of a file, that the disk is to blame for, with a name and a way out; others as they are. */
export function toStorageError(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;
  const fault = faultOf(error);
  return fault === undefined ? error : describe(fault, file, error);
}

/** What is said of a database that SQLite can read, but that does not hold what kitcn wrote. */
export function damaged(file: string, problem: string): BackendError {
  return describe(DAMAGED, file, new Error(problem));
}

function describe({ status, code, message }: Fault, file: string, cause: Error): BackendError {
  return new BackendError(status, code, `${message(file)} (${cause.message})`, { cause });
}

function faultOf(error: Error): Fault | undefined {
  if ('errcode' in error && typeof error.errcode === 'number') {
    // The higher bits say more of the same.
    return BY_RESULT_CODE[error.errcode & 0xff];
  }
  if (!('code' in error) || typeof error.code !== 'string') return undefined;
  return BY_SYSTEM_CODE[error.code];
}
