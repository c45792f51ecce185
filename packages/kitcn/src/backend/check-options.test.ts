import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startBackend } from './server.ts';
import type { BackendOptions } from './server.ts';
import { createTemporaryFile } from './storage/temporary-file.ts';

const start = (options: object): Promise<unknown> =>
  startBackend({ projectDir: '.', dataDir: ':memory:', ...options } as BackendOptions);

test.each([
  [{ port: -1 }, 'port'],
  [{ port: 80_000 }, 'port'],
  [{ sitePort: 1.5 }, 'sitePort'],
  [{ port: '3210' }, 'port'],
  [{ host: '' }, 'host'],
  [{ dataDir: '' }, 'dataDir'],
  [{ durability: 'fast' }, 'durability'],
  [{ transactionTimeoutMs: 0 }, 'transactionTimeoutMs'],
  [{ transactionTimeoutMs: 3e9 }, 'transactionTimeoutMs'],
  [{ transactionTimeoutMs: Infinity }, 'transactionTimeoutMs'],
  [{ memoryLimitMb: 31 }, 'memoryLimitMb'],
  [{ memoryLimitMb: NaN }, 'memoryLimitMb'],
])('%o is refused by name', async (options, name) => {
  await expect(start(options)).rejects.toMatchObject({
    code: 'InvalidOption',
    message: expect.stringContaining(`"${name}" must be`),
  });
});

test.each(['203.0.113.7', 'nowhere.invalid'])('no address of this machine: %s', async (host) => {
  await expect(start({ host })).rejects.toMatchObject({
    code: 'AddressUnavailable',
    message: expect.stringContaining(`"${host}"`),
  });
});

test('a file where the data folder, or one above it, should be', async () => {
  const { file, remove } = createTemporaryFile('a-file');
  writeFileSync(file, '');
  for (const dataDir of [file, `${file}/data`]) {
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'DataFolderNotWritable',
      message: expect.stringContaining(dataDir),
    });
  }
  remove();
});
