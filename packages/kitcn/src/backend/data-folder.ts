import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAdminKey } from './auth/admin-key.ts';
import { BackendError } from './backend-error.ts';
import { lockFolder } from './folder-lock.ts';

/** Where one deployment keeps what it must not lose. */
export interface DataFolder {
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  adminKey: string;
  close(): void;
}

/** Opens and locks a folder (created if need be), or makes one up for `:memory:`. 409 `DataFolderInUse`. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  if (dataDir === ':memory:') {
    return { databaseFile: ':memory:', adminKey: createAdminKey(), close() {} };
  }
  const folder = path.resolve(dataDir);
  await mkdir(folder, { recursive: true });
  const release = lockFolder(folder);
  try {
    const adminKey = await readOrCreateAdminKey(path.join(folder, 'admin-key'));
    return { databaseFile: path.join(folder, 'kitcn.sqlite3'), adminKey, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Call it with the folder locked. */
async function readOrCreateAdminKey(file: string): Promise<string> {
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stored !== null) return checkAdminKey(stored.trim(), file);
  const adminKey = createAdminKey();
  const draft = `${file}.draft`;
  await writeFile(draft, `${adminKey}\n`, { mode: 0o600 });
  await rename(draft, file);
  return adminKey;
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
