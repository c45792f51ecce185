import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { lockFolder } from './folder-lock.ts';

function createFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'kitcn-data-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const inUse = (text: string) =>
  expect.objectContaining({ code: 'DataFolderInUse', message: expect.stringContaining(text) });

test('the admin key is made once and only its owner reads it', async () => {
  using temporary = createFolder();
  const folder = path.join(temporary.folder, 'new', 'folder');
  const first = await openDataFolder(folder);
  first.close();
  const second = await openDataFolder(folder);
  second.close();
  expect(first.adminKey).toMatch(/^kitcn\|[0-9a-f]{64}$/);
  expect(second.adminKey).toBe(first.adminKey);
  expect(first.databaseFile).toBe(path.join(folder, 'kitcn.sqlite3'));
  expect(statSync(path.join(folder, 'admin-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'admin-key']);
});

test('git does not see what is in a new one', async () => {
  using temporary = createFolder();
  execFileSync('git', ['init', '--quiet'], { cwd: temporary.folder });
  const data = await openDataFolder(path.join(temporary.folder, '.kitcn'));
  data.close();
  const status = execFileSync('git', ['status', '--porcelain'], { cwd: temporary.folder });
  expect(status.toString()).toBe('');
});

test('an admin key file that holds something else is refused without showing it', async () => {
  using temporary = createFolder();
  writeFileSync(path.join(temporary.folder, 'admin-key'), 'hunter2');
  const opened = openDataFolder(temporary.folder);
  await expect(opened).rejects.toMatchObject({ code: 'BadAdminKeyFile' });
  await expect(opened).rejects.not.toThrow(/hunter2/);
  expect(readdirSync(temporary.folder)).toEqual(['admin-key']);
});

test(':memory: has a key of its own each time', async () => {
  const [a, b] = [await openDataFolder(':memory:'), await openDataFolder(':memory:')];
  expect(a.databaseFile).toBe(':memory:');
  expect(a.adminKey).not.toBe(b.adminKey);
});

test('this process cannot open it twice', async () => {
  using temporary = createFolder();
  const held = await openDataFolder(temporary.folder);
  const again = openDataFolder(temporary.folder);
  await expect(again).rejects.toEqual(inUse(`this process (${process.pid})`));
  await expect(again).rejects.toEqual(inUse(temporary.folder));
  held.close();
  (await openDataFolder(temporary.folder)).close();
});

test('the holder is named; when it dies its lock is taken over', async () => {
  using temporary = createFolder();
  const script = `
    const { lockFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, 'folder-lock.ts'))});
    lockFolder(${JSON.stringify(temporary.folder)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    expect(() => lockFolder(temporary.folder)).toThrow(inUse(`process ${holder.pid}`));
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  const release = lockFolder(temporary.folder);
  expect(await readFile(path.join(temporary.folder, 'lock'), 'utf8')).toMatch(`${process.pid} `);
  release();
  expect(readdirSync(temporary.folder)).toEqual([]);
});

test.each([
  ['an empty lock', ''],
  ['an earlier process with our process id', `${process.pid} 1 x\n`],
])('%s is taken over', (_name, content) => {
  using temporary = createFolder();
  writeFileSync(path.join(temporary.folder, 'lock'), content);
  lockFolder(temporary.folder)();
  expect(readdirSync(temporary.folder)).toEqual([]);
});

test('many processes that find a dead lock at once: one gets it', async () => {
  using temporary = createFolder();
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid']));
  writeFileSync(path.join(temporary.folder, 'lock'), `${dead} 1 x\n`);
  const script = `
    const { lockFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, 'folder-lock.ts'))});
    process.stdin.once('data', () => {
      try { lockFolder(${JSON.stringify(temporary.folder)}); console.log('won'); }
      catch (error) { console.log(error.code); }
      process.stdin.once('data', () => process.exit());
    });
    console.log('ready');`;
  const racers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const readLines = () =>
    Promise.all(racers.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));
  await readLines();
  const outcomes = readLines();
  for (const { stdin } of racers) stdin.write('go');
  expect((await outcomes).toSorted()).toEqual([
    'DataFolderInUse',
    'DataFolderInUse',
    'DataFolderInUse',
    'won',
  ]);
  const exits = racers.map((racer) => once(racer, 'exit'));
  for (const { stdin } of racers) stdin.write('end');
  await Promise.all(exits);
});
