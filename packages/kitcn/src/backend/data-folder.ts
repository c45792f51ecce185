import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JWK } from 'jose';
import { hasCode } from '../shared/has-code.ts';
import { createAdminKey } from './auth/admin-key.ts';
import {
  createDevelopmentKey,
  developmentKeyFile,
  readDevelopmentKey,
} from './auth/development-token.ts';
import { BackendError } from './backend-error.ts';
import { lockFolder } from './folder-lock.ts';
import type { ReleaseLock } from './folder-lock.ts';
import { toStorageError } from './storage/storage-error.ts';

/** Where one deployment keeps what it must not lose. */
export interface DataFolder {
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  adminKey: string;
  /** The key of the issuer of development tokens, made at the first call. */
  developmentKey(): Promise<JWK>;
  close(): void;
}

/**
 * Opens and locks a folder (created if need be), or makes one up for `:memory:`. 409 `DataFolderInUse`, 503
 * `DataFolderNotWritable` and `DiskFull`.
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  if (dataDir === ':memory:') {
    return {
      databaseFile: ':memory:',
      adminKey: createAdminKey(),
      developmentKey: createDevelopmentKey,
      close() {},
    };
  }
  const folder = path.resolve(dataDir);
  try {
    const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
    // Keys and data are nothing to commit.
    if (isNew) await writeFile(path.join(folder, '.gitignore'), '*\n');
    return await openLocked(folder, lockFolder(folder));
  } catch (error) {
    throw toStorageError(error, folder);
  }
}

async function openLocked(folder: string, release: ReleaseLock): Promise<DataFolder> {
  try {
    const adminKey = await readOrCreateAdminKey(path.join(folder, 'admin-key'));
    return {
      databaseFile: path.join(folder, 'kitcn.sqlite3'),
      adminKey,
      developmentKey: () => readOrCreateDevelopmentKey(developmentKeyFile(folder)),
      close: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Call it with the folder locked. */
async function readOrCreateAdminKey(file: string): Promise<string> {
  const stored = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (stored !== null) return checkAdminKey(stored.trim(), file);
  const adminKey = createAdminKey();
  await writeSecret(file, adminKey);
  return adminKey;
}

/** Call it with the folder locked. */
async function readOrCreateDevelopmentKey(file: string): Promise<JWK> {
  try {
    return await readDevelopmentKey(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      throw new BackendError(
        500,
        'BadAuthKeyFile',
        `${file} does not hold the key that signs development tokens. Delete it to get a new one.`,
        { cause: error },
      );
    }
  }
  const key = await createDevelopmentKey();
  await writeSecret(file, JSON.stringify(key));
  return key;
}

/** A file that only its owner reads, whole or not at all. */
async function writeSecret(file: string, secret: string): Promise<void> {
  const draft = `${file}.draft`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** A key that somebody wrote there is fine as long as it can be told apart from an identity behind it. */
function checkAdminKey(stored: string, file: string): string {
  if (/^[^\s|:]+\|[^\s|:]{32,}$/.test(stored)) return stored;
  throw new BackendError(
    500,
    'BadAdminKeyFile',
    `${file} does not hold an admin key ("name|secret", the secret of 32 characters or more). Delete it to get a new one.`,
  );
}
