import { BackendError } from '../backend-error.ts';
import { isSystemTable } from '../storage/catalog.ts';
import { isIdentifier } from '../values/value-limits.ts';
import type { Catalog, Table } from '../storage/catalog.ts';
import type { TableScope } from './transaction.ts';

const STORAGE_TABLE = '_storage';

/** The table of a name, `null` if there is none yet. Names that the scope may not reach are errors. */
export function tableInScope(catalog: Catalog, name: string, scope: TableScope): Table | null {
  assertScope(name, scope);
  const table = catalog.byName.get(name) ?? null;
  if (table !== null) return table;
  if (scope === 'system') {
    throw new BackendError(
      400,
      'UnknownSystemTable',
      `There is no system table "${name}" in the embedded backend.`,
    );
  }
  if (isIdentifier(name)) return null;
  throw new BackendError(
    400,
    'InvalidTableName',
    `${JSON.stringify(name)} is not a table name: letters, digits and underscores, a letter first, at most 64 characters.`,
  );
}

/** `ctx.db` reaches user tables only, `ctx.db.system` system tables only. */
export function assertScope(name: string, scope: TableScope): void {
  if (isSystemTable(name) === (scope === 'system')) return;
  throw new BackendError(
    400,
    'WrongTableScope',
    scope === 'user'
      ? `"${name}" is a system table, which is read through \`db.system\`.`
      : `"${name}" is not a system table; \`db.system\` reads only those.`,
  );
}

/** The table of files is known by its ids only: code `NotSupported` where its rows are asked for. */
export function assertHasRows(name: string): void {
  if (name !== STORAGE_TABLE) return;
  throw new BackendError(
    400,
    'NotSupported',
    'The embedded backend does not support file storage yet (`db.system` on "_storage").',
  );
}
