import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import { isIdentifier } from '../values/value-limits.ts';
import { parseValidator } from '../values/validator.ts';
import type { JsonObject, OptionalJson } from '../values/value-kind.ts';
import type { Validator } from '../values/validator.ts';

/** What a project's `schema.ts` declares. Plain data: it is stored as JSON. */
export interface Schema {
  readonly tables: readonly TableSchema[];
  /** False: documents are not checked, but indexes stay. */
  readonly schemaValidation: boolean;
}

export interface TableSchema {
  readonly name: string;
  /** Without the system fields; `null` allows anything. */
  readonly validator: Validator | null;
  readonly indexes: readonly IndexSchema[];
  /** Names of text search indexes, which are declared but cannot be queried yet. */
  readonly searchIndexes: readonly string[];
  /** Names of vector indexes, as above. */
  readonly vectorIndexes: readonly string[];
}

export interface IndexSchema {
  readonly name: string;
  /** As declared; every index goes on with `_creationTime` and `_id`. */
  readonly fields: readonly string[];
  /** It is kept up to date, but cannot be queried yet. */
  readonly isStaged?: boolean;
}

export const MAX_INDEXES = 64;
export const MAX_INDEX_FIELDS = 16;
const RESERVED_INDEX_NAMES: readonly string[] = ['by_id', 'by_creation_time'];

/** Reads what `schema.export()` of `convex/server` returns, text or parsed. Code `InvalidSchema` if it breaks a rule. */
export function parseSchema(exported: OptionalJson): Schema {
  const json: OptionalJson = typeof exported === 'string' ? JSON.parse(exported) : exported;
  if (!isJsonObject(json)) throw invalid('it is not an exported schema');
  const tables = objectsOf(json['tables']).map(parseTable);
  assertUnique(
    'table',
    tables.map(({ name }) => name),
  );
  return { tables, schemaValidation: json['schemaValidation'] !== false };
}

function parseTable(json: JsonObject): TableSchema {
  const name = nameOf(json, 'tableName', 'table');
  const table: TableSchema = {
    name,
    validator: parseDocumentType(name, json['documentType']),
    indexes: [
      ...objectsOf(json['indexes']).map((index) => parseIndex(name, index)),
      ...objectsOf(json['stagedDbIndexes']).map((index) => ({
        ...parseIndex(name, index),
        isStaged: true,
      })),
    ],
    searchIndexes: indexNames(json['searchIndexes']),
    vectorIndexes: indexNames(json['vectorIndexes']),
  };
  const names = table.indexes.map((index) => index.name);
  names.push(...table.searchIndexes, ...table.vectorIndexes);
  assertUnique(`index of table "${name}"`, names);
  for (const index of table.indexes) assertFields(table, index);
  if (names.length > MAX_INDEXES) {
    throw invalid(
      `table "${name}" has ${names.length} indexes, at most ${MAX_INDEXES} are allowed`,
    );
  }
  return table;
}

function parseDocumentType(table: string, json: OptionalJson): Validator | null {
  if (json === undefined || json === null) return null;
  const validator = parseValidator(json);
  if (isDocumentValidator(validator)) return validator;
  throw invalid(`documents of table "${table}" must be an object, a union of objects, or v.any()`);
}

function isDocumentValidator(validator: Validator): boolean {
  if (validator.type === 'union') return validator.value.every(isDocumentValidator);
  return validator.type === 'object' || validator.type === 'any';
}

function parseIndex(table: string, json: JsonObject): IndexSchema {
  const name = nameOf(json, 'indexDescriptor', 'index');
  const where = `index "${name}" of table "${table}"`;
  const fields = Array.isArray(json['fields']) ? json['fields'].map(String) : [];
  if (fields.length === 0) throw invalid(`${where} has no fields`);
  if (fields.length > MAX_INDEX_FIELDS) {
    throw invalid(`${where} has more than ${MAX_INDEX_FIELDS} fields`);
  }
  for (const field of fields) {
    if (field === '_creationTime') {
      throw invalid(`${where} names "_creationTime", which every index ends with by itself`);
    }
    // Only the first part is a top-level name; those inside may begin with an underscore.
    const parts = field.split('.');
    if (!isIdentifier(parts[0] ?? '') || parts.includes('')) {
      throw invalid(`${where} names "${field}", which is not a field path`);
    }
  }
  assertUnique(`field of ${where}`, fields);
  return { name, fields };
}

/** An index of what no document has would hold nothing but `undefined`: the name is a slip. */
function assertFields(
  { name: table, validator }: TableSchema,
  { name, fields }: IndexSchema,
): void {
  if (validator === null) return;
  const missing = fields.find((field) => !hasField(validator, field.split('.')));
  if (missing === undefined) return;
  throw invalid(
    `index "${name}" of table "${table}" names the field "${missing}", which its documents do not have`,
  );
}

/** Whether a value may have something at the end of a field path. */
function hasField(validator: Validator, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined || validator.type === 'any') return true;
  if (validator.type === 'union') {
    return validator.value.some((member) => hasField(member, [first, ...rest]));
  }
  if (validator.type === 'record') return hasField(validator.values.fieldType, rest);
  if (validator.type !== 'object' || !Object.hasOwn(validator.value, first)) return false;
  const field = validator.value[first];
  return field !== undefined && hasField(field.fieldType, rest);
}

function indexNames(json: OptionalJson): string[] {
  return objectsOf(json).map((index) => nameOf(index, 'indexDescriptor', 'index'));
}

function nameOf(json: JsonObject, key: string, what: 'table' | 'index'): string {
  const name = json[key];
  if (typeof name === 'string' && RESERVED_INDEX_NAMES.includes(name) && what === 'index') {
    throw invalid(`the index name "${name}" is reserved`);
  }
  if (typeof name === 'string' && isIdentifier(name)) return name;
  throw invalid(
    `${JSON.stringify(name)} is not a name for a ${what}: letters, digits and underscores, a letter first, at most 64 characters`,
  );
}

function objectsOf(json: OptionalJson): JsonObject[] {
  return Array.isArray(json) ? json.filter((member) => isJsonObject(member)) : [];
}

function assertUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`${what} "${twice}" is declared twice`);
}

function invalid(reason: string): BackendError {
  return new BackendError(400, 'InvalidSchema', `Invalid schema: ${reason}.`);
}
