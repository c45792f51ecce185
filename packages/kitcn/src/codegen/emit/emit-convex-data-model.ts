import { toText } from './output-file.ts';

/** Convex's `_generated/dataModel.d.ts`. Without a schema, any table and any document goes. */
export function emitConvexDataModel(hasSchema: boolean): string {
  return hasSchema ? WITH_SCHEMA : WITHOUT_SCHEMA;
}

const WITH_SCHEMA = toText([
  `import type {
  DataModelFromSchemaDefinition,
  DocumentByName,
  SystemTableNames,
  TableNamesInDataModel,
} from 'convex/server';
import type { GenericId } from 'convex/values';
import type schema from '../schema.js';`,
  `/** The tables, their documents and indexes. */
export type DataModel = DataModelFromSchemaDefinition<typeof schema>;
/** The names of all tables. */
export type TableNames = TableNamesInDataModel<DataModel>;
/** A document of a table. */
export type Doc<TableName extends TableNames> = DocumentByName<DataModel, TableName>;
/** The id of a document: a string at run time. */
export type Id<TableName extends TableNames | SystemTableNames> = GenericId<TableName>;`,
]);

const WITHOUT_SCHEMA = toText([
  '/* eslint-disable */',
  `import type { AnyDataModel } from 'convex/server';
import type { GenericId } from 'convex/values';`,
  `/** The tables, their documents and indexes: unknown, as there is no \`schema.ts\`. */
export type DataModel = AnyDataModel;
/** The names of all tables. */
export type TableNames = string;
/** A document of any table. */
export type Doc = any;
/** The id of a document: a string at run time. */
export type Id<TableName extends TableNames = TableNames> = GenericId<TableName>;`,
]);
