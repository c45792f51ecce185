import { assert, must } from '../../shared/assert.ts';
import { BackendError } from '../backend-error.ts';
import { createUserTable, isSystemTable } from '../storage/catalog.ts';
import { dropOldOutcomes, findOutcome, insertOutcome } from '../storage/session-requests.ts';
import { deleteDocument, insertDocument, updateDocument } from '../storage/documents.ts';
import { userFieldsOf } from '../storage/user-fields.ts';
import { createInternalId, encodeDocumentId } from '../values/document-id.ts';
import { isObjectValue, isUndefinedMarker } from '../values/value-kind.ts';
import { validateValue } from '../values/validate-value.ts';
import { MAX_CALL_NESTING, assertDocumentLimits, measureValue } from '../values/value-limits.ts';
import { nextCreationTime, nextTimestamp } from './commit-clock.ts';
import { DocumentReader, findAddressed } from './document-reader.ts';
import { tableInScope } from './table-scope.ts';
import type { Catalog, Table } from '../storage/catalog.ts';
import type { Connection } from '../storage/connection.ts';
import type { StoredDocument } from '../storage/documents.ts';
import type { SessionOutcome, SessionRequest } from '../storage/session-requests.ts';
import type { JsonObject } from '../values/value-kind.ts';
import type { CommitTimes } from './commit-clock.ts';
import type { DocumentAddress } from './document-reader.ts';
import type { TransactionView } from './transaction-view.ts';
import type {
  ChangeSet,
  DocumentChange,
  DocumentJson,
  TableScope,
  WriteTransaction,
} from './transaction.ts';
import type { JSONValue } from 'convex/values';

export interface MutationOptions {
  readonly view: TransactionView;
  readonly lastTimes: CommitTimes;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once; `null` after a rollback. */
  readonly onEnd: (committed: Committed | null) => void;
}

/** A document that is there, and its table. */
interface Found {
  readonly table: Table;
  readonly stored: StoredDocument;
}

/** What `_id` and `_creationTime` add to the size of a document: names, a text of 32 characters, a number. */
const SYSTEM_FIELDS_BYTES = 38 + 23;
/** Rows of system tables hold the arguments of a call, a few levels down. */
const SYSTEM_NESTING = MAX_CALL_NESTING + 4;

/** What the database goes on from. */
export interface Committed {
  readonly times: CommitTimes;
  readonly catalog: Catalog;
  readonly changes: ChangeSet;
}

/** The optional end of the parameters of `patch` and `replace`. */
type Target = [table?: string | undefined, scope?: TableScope];

/** The writer: the savepoint `member` of a SQLite transaction, which the group has begun. */
export class MutationTransaction extends DocumentReader implements WriteTransaction {
  readonly timestamp: bigint;
  readonly #view: TransactionView;
  readonly #now: () => number;
  readonly #onEnd: MutationOptions['onEnd'];
  #creationTime: number;
  #savepointDepth = 0;
  #failure: unknown = null;
  #reserved: bigint | null = null;
  readonly #firstCatalog: Catalog;
  readonly #documentChanges: DocumentChange[] = [];
  #outcome: { request: SessionRequest; answer: SessionOutcome['answer'] } | null = null;

  constructor({ view, lastTimes, now, onEnd }: MutationOptions) {
    super(view);
    this.timestamp = lastTimes.timestamp;
    this.#creationTime = lastTimes.creationTime;
    this.#view = view;
    this.#now = now;
    this.#onEnd = onEnd;
    this.#firstCatalog = view.catalog;
  }

  get changes(): ChangeSet {
    return {
      documents: this.#documentChanges,
      createdTable: this.#view.catalog !== this.#firstCatalog,
    };
  }

  get connection(): Connection {
    return this.#view.connection;
  }

  get failure(): unknown {
    return this.#failure;
  }

  insert(table: string, value: JSONValue, scope: TableScope = 'user'): string {
    const fields = fieldsOf(value);
    if ('_id' in fields || '_creationTime' in fields) {
      throw new BackendError(
        400,
        'SystemFieldInInsert',
        `A new document gets its \`_id\` and \`_creationTime\` from the database; \`db.insert("${table}", ...)\` cannot set them.`,
      );
    }
    const existing = tableInScope(this.#view.catalog, table, scope);
    const fieldsSize = this.#check(fields, existing ?? { name: table, validator: null });
    const size = fieldsSize + SYSTEM_FIELDS_BYTES;
    if (scope === 'user') this.#view.usage.countWrite(size);
    const target = existing ?? this.#createTable(table);
    this.#creationTime = nextCreationTime(this.#creationTime, this.#now());
    const id = encodeDocumentId({
      tableNumber: target.number,
      internalId: createInternalId(this.#creationTime),
    });
    const document = toDocument(fields, { _id: id, _creationTime: this.#creationTime });
    this.#write(() => insertDocument(this.#view.connection, target, { document, size }));
    this.#documentChanges.push({ table: target, before: null, after: document });
    return id;
  }

  patch(id: string, value: JSONValue, ...[table, scope = 'user']: Target): DocumentJson {
    const found = this.#find({ id, scope, table, operation: 'patch' });
    const merged = new Map(Object.entries(userFieldsOf(found.stored.document)));
    for (const [field, change] of Object.entries(withoutSystemFields(found.stored, value))) {
      if (isUndefinedMarker(change)) merged.delete(field);
      else merged.set(field, change);
    }
    return this.#update(found, Object.fromEntries(merged), scope);
  }

  replace(id: string, value: JSONValue, ...[table, scope = 'user']: Target): DocumentJson {
    const found = this.#find({ id, scope, table, operation: 'replace' });
    return this.#update(found, withoutSystemFields(found.stored, value), scope);
  }

  remove(id: string, table?: string, scope: TableScope = 'user'): DocumentJson {
    const { table: owner, stored } = this.#find({ id, scope, table, operation: 'delete' });
    if (scope === 'user') this.#view.usage.countWrite(0);
    this.#write(() => deleteDocument(this.#view.connection, owner, stored));
    this.#documentChanges.push({ table: owner, before: stored, after: null });
    return stored.document;
  }

  findOutcome(request: SessionRequest): SessionOutcome | null {
    return findOutcome(this.#view.connection, request);
  }

  keepOutcome(request: SessionRequest, answer: SessionOutcome['answer']): void {
    this.#outcome = { request, answer };
    this.touch();
  }

  dropOldOutcomes(): void {
    dropOldOutcomes(this.#view.connection, this.#now());
  }

  touch(): void {
    this.#view.changeCount += 1;
  }

  get reservedTimestamp(): bigint | null {
    return this.#reserved;
  }

  reserveTimestamp(): bigint {
    this.touch();
    this.#reserved ??= nextTimestamp(this.timestamp, this.#now());
    return this.#reserved;
  }

  savepoint(): { release(): void; rollback(): void } {
    const { connection, catalog } = this.#view;
    const depth = (this.#savepointDepth += 1);
    const changesBefore = this.#documentChanges.length;
    const takeBack = this.#view.usage.mark();
    const name = `sub_${depth}`;
    connection.execute(`SAVEPOINT ${name}`);
    const close = (): void => {
      assert(this.#savepointDepth === depth, 'sub-transactions end once each, innermost first');
      this.#savepointDepth -= 1;
    };
    return {
      release: () => {
        close();
        connection.execute(`RELEASE ${name}`);
      },
      rollback: () => {
        close();
        connection.execute(`ROLLBACK TO ${name}; RELEASE ${name}`);
        this.#view.catalog = catalog;
        this.#view.changeCount += 1;
        this.#documentChanges.length = changesBefore;
        takeBack();
      },
    };
  }

  commit(): bigint {
    const { connection, catalog, changeCount } = this.#view;
    assert(this.#savepointDepth === 0, 'a sub-transaction is still open');
    this.#assertWhole();
    // Nothing written: nothing to make durable, and the state is still that of the last commit.
    const timestamp = changeCount === 0 ? this.timestamp : this.reserveTimestamp();
    const times = { timestamp, creationTime: this.#creationTime };
    if (this.#outcome !== null) {
      insertOutcome(connection, this.#outcome.request, { ...this.#outcome, timestamp });
    }
    connection.run('RELEASE member');
    this.#view.end();
    this.#onEnd({ times, catalog, changes: this.changes });
    return timestamp;
  }

  end(): void {
    if (!this.#view.isOpen) return;
    const { connection } = this.#view;
    this.#view.end();
    try {
      connection.execute('ROLLBACK TO member; RELEASE member');
    } finally {
      this.#onEnd(null);
    }
  }

  #createTable(name: string): Table {
    const { connection } = this.#view;
    this.#write(() => {
      this.#view.catalog = createUserTable(connection, this.#view.catalog, name);
    });
    return must(this.#view.catalog.byName.get(name), 'a created table is in the catalog');
  }

  #find(address: DocumentAddress): Found {
    const found = findAddressed(this.#view, address);
    if (found !== null) return found;
    const operation = address.operation === 'delete' ? 'Delete' : 'Update';
    throw new BackendError(
      400,
      'NonexistentDocument',
      `${operation} on nonexistent document ID ${address.id}`,
    );
  }

  #update({ table, stored }: Found, fields: JsonObject, scope: TableScope): DocumentJson {
    const size = this.#check(fields, table) + SYSTEM_FIELDS_BYTES;
    if (scope === 'user') this.#view.usage.countWrite(size);
    const document = toDocument(fields, stored.document);
    this.#write(() => updateDocument(this.#view.connection, table, { stored, document, size }));
    this.#documentChanges.push({ table, before: stored, after: document });
    return document;
  }

  /** Answers the size of the fields in bytes. */
  #check(fields: JsonObject, table: Pick<Table, 'name' | 'validator'>): number {
    const size = isSystemTable(table.name)
      ? measureValue(fields, SYSTEM_NESTING)
      : assertDocumentLimits(fields);
    const { validator } = table;
    const failure = validator === null ? null : validateValue(validator, fields, this);
    if (failure === null) return size;
    throw new BackendError(
      400,
      'SchemaEnforcementError',
      `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${failure}`,
    );
  }

  /**
   * A write that failed half-way (the disk is full) must never be committed, even if user code caught the error; and
   * SQLite may have ended the transaction, so that a further one would be committed by itself.
   */
  #write(statements: () => void): void {
    this.#assertWhole();
    this.#view.changeCount += 1;
    try {
      statements();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #assertWhole(): void {
    if (this.#failure === null) return;
    throw new BackendError(500, 'TransactionBroken', 'A write of this transaction failed.', {
      cause: this.#failure,
    });
  }
}

function fieldsOf(value: JSONValue): JsonObject {
  if (isObjectValue(value)) return value;
  throw new BackendError(400, 'InvalidArgument', 'A document must be an object.');
}

/** A document that was read may be written back with its system fields, but not with other ones. */
function withoutSystemFields({ document }: StoredDocument, value: JSONValue): JsonObject {
  const { _id, _creationTime, ...fields } = fieldsOf(value);
  const isUnchanged =
    (_id === undefined || _id === document._id) &&
    (_creationTime === undefined || _creationTime === document._creationTime);
  if (isUnchanged) return fields;
  throw new BackendError(
    400,
    'SystemFieldChanged',
    'The fields `_id` and `_creationTime` of a document cannot be changed.',
  );
}

/** Fields sorted by name, as Convex returns them. */
function toDocument(
  fields: JsonObject,
  { _id, _creationTime }: { _id: string; _creationTime: number },
): DocumentJson {
  const all = Object.entries({ ...fields, _id, _creationTime });
  all.sort(([left], [right]) => (left < right ? -1 : 1));
  // The two system fields are among the entries.
  return Object.fromEntries(all) as DocumentJson;
}
