import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { toStorageError } from './storage-error.ts';

const FILE = '/data/kitcn.sqlite3';

function failed(properties: object): Error {
  return Object.assign(new TypeError('it failed'), properties);
}

test.each([
  [{ errcode: 13 }, 'DiskFull'],
  [{ errcode: 8 }, 'DataFolderNotWritable'],
  // SQLITE_IOERR_FSYNC: the lower eight bits are those of SQLITE_IOERR.
  [{ errcode: 1034 }, 'DiskFailed'],
  [{ errcode: 11 }, 'DatabaseDamaged'],
  [{ code: 'ENOSPC' }, 'DiskFull'],
  [{ code: 'EROFS' }, 'DataFolderNotWritable'],
  [{ code: 'EIO' }, 'DiskFailed'],
])('%j is %s, with the path and the reason', (properties, code) => {
  const cause = failed(properties);
  expect(toStorageError(cause, FILE)).toMatchObject({
    name: 'BackendError',
    code,
    cause,
    message: expect.stringMatching(/\/data\/kitcn\.sqlite3.*\(it failed\)$/),
  });
});

test.each([[failed({ code: 'ENOENT' })], [failed({ errcode: 19 })], [failed({})], ['a text']])(
  '%s is left as it is',
  (error) => {
    expect(toStorageError(error, FILE)).toBe(error);
  },
);

test('a real error of SQLite that is not of the disk keeps its own words', () => {
  const database = new DatabaseSync(':memory:');
  const fail = (): void => {
    try {
      database.exec('SELECT * FROM missing');
    } catch (error) {
      throw toStorageError(error, FILE);
    }
  };
  expect(fail).toThrow('no such table: missing');
  database.close();
});
