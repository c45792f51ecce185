import { toText } from './output-file.ts';

interface Builder {
  name: string;
  generic: string;
  type: string;
  says: string;
}

/** The function builders of Convex's `_generated/server`. */
const BUILDERS: readonly Builder[] = [
  { name: 'query', type: 'QueryBuilder', says: 'a query' },
  { name: 'mutation', type: 'MutationBuilder', says: 'a mutation' },
  { name: 'action', type: 'ActionBuilder', says: 'an action' },
].flatMap(toBuilders);

function toBuilders({ name, type, says }: Omit<Builder, 'generic'>): Builder[] {
  const internal = `internal${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return [
    {
      name,
      generic: `${name}Generic`,
      type: `${type}<DataModel, 'public'>`,
      says: `Defines ${says} that clients can call.`,
    },
    {
      name: internal,
      generic: `${internal}Generic`,
      type: `${type}<DataModel, 'internal'>`,
      says: `Defines ${says} that only other functions can call.`,
    },
  ];
}

const HTTP_ACTION: Builder = {
  name: 'httpAction',
  generic: 'httpActionGeneric',
  type: 'HttpActionBuilder',
  says: 'Defines a handler of HTTP requests, to be routed in `http.ts`.',
};

const ALL_BUILDERS: readonly Builder[] = [...BUILDERS, HTTP_ACTION];

/** Convex's `_generated/server.js`. */
export function emitConvexServer(): string {
  return toText([
    `import {\n${ALL_BUILDERS.map(({ generic }) => `  ${generic},\n`).join('')}} from 'convex/server';`,
    ALL_BUILDERS.map(
      ({ name, generic, says }) => `/** ${says} */\nexport const ${name} = ${generic};`,
    ).join('\n'),
    `/** Environment variables of the deployment. */\nexport const env = process.env;`,
  ]);
}

/** Convex's `_generated/server.d.ts`: the builders and context types with the project's data model filled in. */
export function emitConvexServerTypes(): string {
  return toText([
    `import type {
  ActionBuilder,
  GenericActionCtx,
  GenericDatabaseReader,
  GenericDatabaseWriter,
  GenericMutationCtx,
  GenericQueryCtx,
  HttpActionBuilder,
  MutationBuilder,
  QueryBuilder,
} from 'convex/server';
import type { DataModel } from './dataModel.js';`,
    ALL_BUILDERS.map(
      ({ name, type, says }) => `/** ${says} */\nexport declare const ${name}: ${type};`,
    ).join('\n'),
    `/** Environment variables of the deployment. Convex itself sets these two. */
export declare const env: {
  readonly CONVEX_CLOUD_URL: string;
  readonly CONVEX_SITE_URL: string;
};`,
    `/** What queries get as \`ctx\`. */
export type QueryCtx = GenericQueryCtx<DataModel>;
/** What mutations get as \`ctx\`. */
export type MutationCtx = GenericMutationCtx<DataModel>;
/** What actions get as \`ctx\`. */
export type ActionCtx = GenericActionCtx<DataModel>;
/** \`ctx.db\` of queries. */
export type DatabaseReader = GenericDatabaseReader<DataModel>;
/** \`ctx.db\` of mutations. */
export type DatabaseWriter = GenericDatabaseWriter<DataModel>;`,
  ]);
}
