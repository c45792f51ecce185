import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from './command-error.ts';

export interface AdminKeySources {
  /** What `--admin-key` or `KITCN_ADMIN_KEY` says. */
  given: string | undefined;
  /** The data folder of an embedded backend, which keeps its key in the file `admin-key`. */
  dataDir: string;
}

/** The key that opens a deployment to its owner. */
export async function findAdminKey({ given, dataDir }: AdminKeySources): Promise<string> {
  if (given) return given;
  const file = path.join(dataDir, 'admin-key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new CommandError(
      'NO_ADMIN_KEY',
      `No admin key: ${file} cannot be read. Start \`kitcn dev\` in the project, or give --admin-key or KITCN_ADMIN_KEY.`,
      { cause: error },
    );
  }
}
