import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { expect, onTestFinished, test } from 'vitest';

const projectDir = fileURLToPath(new URL('project', import.meta.url));
const write = makeFunctionReference<'mutation', { key: string }, null>('writes:write');
const big = makeFunctionReference<'mutation', { key: string; kilobytes: number }, string>(
  'writes:big',
);
const keys = makeFunctionReference<'query', { side: 'left' | 'right'; after: string }, string[]>(
  'writes:keys',
);

/** A file system of its own takes root and Linux; a folder without permissions stops anybody but root. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-disk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file system in memory, of a few megabytes. */
async function mountedFolder(megabytes: number): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

async function start(dataDir: string, port = 0): Promise<Backend> {
  const backend = await startBackend({ projectDir, dataDir, port, log: () => {} });
  onTestFinished(() => backend.close());
  return backend;
}

/** What it is, and a word of its message: where it is, or what to do. */
function refusal(code: string, word: string): unknown {
  return expect.objectContaining({
    name: 'BackendError',
    code,
    message: expect.stringContaining(word),
  });
}

const clientOf = ({ url }: Backend): ConvexHttpClient =>
  new ConvexHttpClient(url, { logger: false });

async function leftKeys(backend: Backend): Promise<string[]> {
  return clientOf(backend).query(keys, { side: 'left', after: '' });
}

const databaseIn = (dataDir: string): string => path.join(dataDir, 'kitcn.sqlite3');

/** Inverts bytes of a file. */
async function damage(file: string, from: number, length: number): Promise<void> {
  const handle = await open(file, 'r+');
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, from);
  await handle.write(
    bytes.map((byte) => byte ^ 0xff),
    0,
    length,
    from,
  );
  await handle.close();
}

test.skipIf(!canMount)(
  'a data folder that cannot be written is refused, and nothing in it changes',
  async () => {
    const dataDir = await mountedFolder(16);
    const first = await start(dataDir);
    await clientOf(first).mutation(write, { key: 'kept' });
    await first.close();
    execFileSync('mount', ['-o', 'remount,ro', dataDir]);
    await expect(start(dataDir)).rejects.toEqual(refusal('DataFolderNotWritable', dataDir));
    execFileSync('mount', ['-o', 'remount,rw', dataDir]);
    expect(await leftKeys(await start(dataDir))).toEqual(['kept']);
  },
);

test.skipIf(!canMount)(
  'a full disk refuses writes, keeps what was acknowledged, and goes on when there is room',
  async () => {
    const dataDir = await mountedFolder(16);
    const backend = await start(dataDir);
    const client = clientOf(backend);
    const ballast = path.join(dataDir, 'ballast');
    await writeFile(ballast, Buffer.alloc(12 * 1024 * 1024));
    const acknowledged: string[] = [];
    const fillUp = async (): Promise<never> => {
      for (let count = 0; ; count++) {
        const key = String(count).padStart(4, '0');
        await client.mutation(big, { key, kilobytes: 100 });
        acknowledged.push(key);
      }
    };
    const full = await fillUp().catch((error: unknown) => error);
    expect(full).toBeInstanceOf(Error);
    expect(String(full)).toMatch(/DiskFull.*Make room/s);
    expect(acknowledged).not.toHaveLength(0);
    const stored = async (from: Backend): Promise<string[]> =>
      (await leftKeys(from)).map((key) => key.slice(0, 4));
    expect(await stored(backend)).toEqual(acknowledged);

    // Convex's live client sends again what the server could not do.
    const live = new ConvexClient(backend.url, { unsavedChangesWarning: false, logger: false });
    onTestFinished(() => live.close());
    const waiting = live.mutation(big, { key: 'live', kilobytes: 300 });
    await expect(client.mutation(big, { key: 'no', kilobytes: 900 })).rejects.toThrow('DiskFull');
    await rm(ballast);
    await waiting;
    await client.mutation(write, { key: 'zzzz' });
    expect(await stored(backend)).toEqual([...acknowledged, 'live', 'zzzz']);
    await backend.close();
    expect(await stored(await start(dataDir))).toEqual([...acknowledged, 'live', 'zzzz']);
  },
);

test.skipIf(!canMount)(
  'of writes that come together to a full disk those are there that were acknowledged',
  async () => {
    const dataDir = await mountedFolder(16);
    const backend = await start(dataDir);
    const ballast = path.join(dataDir, 'ballast');
    await writeFile(ballast, Buffer.alloc(8 * 1024 * 1024));
    const keysOf = (round: string): string[] =>
      Array.from({ length: 16 }, (_, index) => `${round}${String(index).padStart(3, '0')}`);
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    // A client for each: one sends its mutations one after the other.
    const writeTogether = (round: string, kilobytes: number): Promise<unknown> =>
      Promise.all(
        keysOf(round).map((key) =>
          clientOf(backend)
            .mutation(big, { key, kilobytes })
            .then(
              () => acknowledged.push(key),
              (error: unknown) => refused.push(error),
            ),
        ),
      );
    const stored = async (from: Backend): Promise<string[]> =>
      (await leftKeys(from)).map((key) => key.slice(0, 4));
    for (const round of ['a', 'b', 'c']) {
      await writeTogether(round, 200);
      expect(await stored(backend)).toEqual(acknowledged.sort());
    }
    expect(refused).not.toHaveLength(0);
    for (const error of refused) expect(String(error)).toContain('DiskFull');
    await rm(ballast);
    const before = refused.length;
    await writeTogether('d', 1);
    expect(refused).toHaveLength(before);
    expect(await stored(backend)).toEqual(acknowledged.sort());
    await backend.close();
    expect(await stored(await start(dataDir))).toEqual(acknowledged);
  },
);

test.skipIf(!canMount)('a backend does not start on a full disk, and says why', async () => {
  const dataDir = await mountedFolder(1);
  await writeFile(path.join(dataDir, 'ballast'), Buffer.alloc(1024 * 1024));
  await expect(start(dataDir)).rejects.toEqual(refusal('DiskFull', dataDir));
});

test('a database whose header is damaged is refused, and stays as it is', async () => {
  const dataDir = await temporaryFolder();
  const first = await start(dataDir);
  await clientOf(first).mutation(write, { key: 'kept' });
  await first.close();
  await damage(databaseIn(dataDir), 0, 16);
  await expect(start(dataDir)).rejects.toEqual(refusal('DatabaseUnreadable', 'backup'));
  await damage(databaseIn(dataDir), 0, 16);
  expect(await leftKeys(await start(dataDir))).toEqual(['kept']);
});

test('a database whose pages are damaged says so instead of answering what is not there', async () => {
  const dataDir = await temporaryFolder();
  const first = await start(dataDir);
  for (let count = 0; count < 40; count++) {
    await clientOf(first).mutation(big, { key: String(count), kilobytes: 50 });
  }
  await first.close();
  const { size } = await stat(databaseIn(dataDir));
  // Behind the tables that a start reads.
  await damage(databaseIn(dataDir), 256 * 1024, size - 256 * 1024);
  // Found by the start, or by the function that reads it.
  const reading = start(dataDir).then(leftKeys);
  await expect(reading).rejects.toThrow(/is damaged.*put a backup/);
});

test('after a crash damage is named at the start, and the files stay as they are', async () => {
  const [running, dataDir] = [await temporaryFolder(), await temporaryFolder()];
  const first = await start(running);
  for (let count = 0; count < 80; count++) {
    await clientOf(first).mutation(big, { key: String(count), kilobytes: 100 });
  }
  // What a crash leaves: all files but the lock, as they are while the backend runs.
  const names = ['kitcn.sqlite3', 'kitcn.sqlite3-wal', 'admin-key'];
  for (const name of names) await copyFile(path.join(running, name), path.join(dataDir, name));
  const { size } = await stat(databaseIn(dataDir));
  const swap = (): Promise<void> => damage(databaseIn(dataDir), 1_000_000, size - 1_000_000);
  await swap();
  const before = await readFile(databaseIn(dataDir));
  await expect(start(dataDir)).rejects.toEqual(refusal('DatabaseDamaged', 'put a backup'));
  expect((await readFile(databaseIn(dataDir))).equals(before)).toBe(true);
  await swap();
  expect(await leftKeys(await start(dataDir))).toHaveLength(80);
});

test('a port that is taken is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // Listening on a port of the network.
  const { port } = server.address() as { port: number };
  await expect(start(await temporaryFolder(), port)).rejects.toEqual(
    refusal('PortInUse', String(port)),
  );
});

test('a folder that another backend holds is refused', async () => {
  const dataDir = await temporaryFolder();
  await start(dataDir);
  await expect(start(dataDir)).rejects.toEqual(refusal('DataFolderInUse', dataDir));
});

test('a database of a newer version is refused', async () => {
  const dataDir = await temporaryFolder();
  await (await start(dataDir)).close();
  const database = new DatabaseSync(databaseIn(dataDir));
  database.exec('UPDATE meta SET format_version = 1000');
  database.close();
  await expect(start(dataDir)).rejects.toEqual(refusal('DatabaseTooNew', 'Update kitcn'));
});

test('a clock that is moved back takes no timestamp and no creation time back, restarts included', async () => {
  const dataDir = await temporaryFolder();
  const first = await start(dataDir);
  await clientOf(first).mutation(write, { key: 'a' });
  await first.close();
  // What a clock that is a day ahead leaves behind.
  const database = new DatabaseSync(databaseIn(dataDir));
  const day = 24 * 60 * 60 * 1000;
  database.exec(
    `UPDATE meta SET commit_timestamp = commit_timestamp + ${day * 1_000_000}, creation_time = creation_time + ${day}`,
  );
  database.close();
  const ahead = BigInt(Date.now() + day / 2) * 1_000_000n;
  const timestampOf = async ({ url }: Backend): Promise<bigint> => {
    const response = await fetch(`${url}/api/query_ts`, { method: 'POST' });
    const { ts } = (await response.json()) as { ts: string };
    return Buffer.from(ts, 'base64').readBigUInt64LE();
  };
  const second = await start(dataDir);
  const before = await timestampOf(second);
  expect(before).toBeGreaterThan(ahead);
  await clientOf(second).mutation(write, { key: 'b' });
  await clientOf(second).mutation(write, { key: 'c' });
  const after = await timestampOf(second);
  expect(after).toBeGreaterThan(before);
  await second.close();
  const third = await start(dataDir);
  expect(await timestampOf(third)).toBeGreaterThanOrEqual(after);
  const rows = await clientOf(third).query(
    makeFunctionReference<'query', Record<string, never>, { key: string; createdAt: number }[]>(
      'writes:created',
    ),
    {},
  );
  expect(rows.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  expect(rows[1]?.createdAt).toBeGreaterThan(Date.now() + day / 2);
});
