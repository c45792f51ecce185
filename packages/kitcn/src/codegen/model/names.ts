import { API_TYPES, RUNTIME_TYPES } from './library-types.ts';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The language's own words, and those of its types that generated files mention. */
const LANGUAGE =
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
  'false finally for function if implements import in instanceof interface let new null package private protected ' +
  'public return static super switch this throw true try typeof undefined var void while with yield ' +
  'ArrayBuffer Date Partial Promise Readonly Record';

/** What generated files declare, and what they import beside the types of this package. */
const DECLARED =
  'Api InternalApi api components definition fullApi httpRouter internal ' +
  'AnyComponents ApiFromModules FilterApi FunctionReference Id createApi createModuleCaller createModuleHandler';

/** Words that generated files cannot use as the name of an import. */
const TAKEN: ReadonlySet<string> = new Set([
  ...LANGUAGE.split(' '),
  ...DECLARED.split(' '),
  ...API_TYPES,
  ...RUNTIME_TYPES,
]);

export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** `items/queries` → `items_queries`; what is taken or begins with a digit gets a `_`. */
export function toImportName(modulePath: string): string {
  const name = modulePath.replaceAll('/', '_');
  if (!isIdentifier(name)) return `_${name}`;
  return TAKEN.has(name) ? `${name}_` : name;
}

/** `items/queries` and `items_queries` → `ItemsQueries`; what begins with a digit gets a `_`. */
export function toTypeName(modulePath: string): string {
  const name = modulePath
    .split(/[/_]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  return isIdentifier(name) ? name : `_${name}`;
}
