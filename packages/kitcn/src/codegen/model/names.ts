const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Words that generated files cannot use as the name of an import: the language's own, and what they declare or import. */
const TAKEN = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield ' +
    'ArrayBuffer Date Partial Promise Readonly Record Api ApiFunction ApiLeaf ApiRoute ApiRouteLeaf DeclaringLeaf DeclaringRouteLeaf InternalApi ' +
    'Page PageInput PaginatedArgs ParsedPageInput ' +
    'inferErrors inferInput inferOutput ApiFromModules FilterApi FunctionReference AnyComponents httpRouter ' +
    'Id api components createApi fullApi internal ActionCallerCtx CallPromise Callable CallerFunction DeclaringCallable HandlerFunction HandlerOutput MutationCallerCtx ' +
    'MutationHandlerCtx QueryCallerCtx QueryHandlerCtx Schedule ScheduledId ScheduleFunction createModuleCaller ' +
    'createModuleHandler definition'
  ).split(' '),
);

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
