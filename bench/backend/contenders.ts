import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { mutation, openConvexTest } from './convex-test-rows.ts';
import type { ConvexTest } from './convex-test-rows.ts';
import { startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { SqliteRows } from './sqlite-rows.ts';

export interface Sizes {
  readonly rounds: number;
  /** Documents of the table `many`. */
  readonly many: number;
  /** The same in convex-test, which looks at each of them. */
  readonly manyInConvexTest: number;
  readonly subscribers: number;
  /** Milliseconds for which calls are counted. */
  readonly callsMs: number;
}

/** What is compared, filled with the same documents. */
export interface Contenders extends AsyncDisposable {
  readonly folder: string;
  readonly kitcn: ServerProcess;
  /** `node:http`, `ws` and `node:sqlite`. */
  readonly server: ServerProcess;
  readonly sqlite: SqliteRows;
  readonly convexTest: ConvexTest;
}

const FEW = 1_000;
const AT_ONCE = 2_000;

export async function openContenders(folder: string, sizes: Sizes): Promise<Contenders> {
  const dataDir = async (name: string): Promise<string> => {
    const dir = path.join(folder, name);
    await mkdir(dir);
    return dir;
  };
  const sqlite = new SqliteRows(await dataDir('sqlite'));
  const convexTest = openConvexTest();
  const tables = Object.entries({ few: FEW, list: FEW, many: sizes.many });
  for (const [table, total] of tables) {
    sqlite.fill(table, total);
    const count = Math.min(total, sizes.manyInConvexTest);
    await fill(table, count, (args) => convexTest.mutation(mutation('fill'), args));
  }
  // After what keeps this thread busy, in which connections would be closed unnoticed.
  const kitcn = await startServer('kitcn-server.ts', await dataDir('kitcn'));
  const server = await startServer('sqlite-server.ts', await dataDir('server'));
  for (const [table, total] of tables) {
    await fill(table, total, (args) => kitcn.call('mutation', 'fill', args));
  }
  return {
    folder,
    kitcn,
    server,
    sqlite,
    convexTest,
    async [Symbol.asyncDispose]() {
      sqlite.close();
      await kitcn[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function fill(
  table: string,
  total: number,
  call: (args: { table: string; from: number; count: number }) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < total; from += AT_ONCE) {
    await call({ table, from, count: Math.min(AT_ONCE, total - from) });
  }
}
