const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Words that generated files cannot use as the name of an import: the language's own, and what they declare or import. */
const TAKEN = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield ' +
    'Api ApiFunction ApiFromModules FilterApi FunctionReference AnyComponents api components createApi fullApi internal ' +
    'ActionCallerCtx CallerFunction HandlerFunction MutationCallerCtx MutationHandlerCtx QueryCallerCtx ' +
    'QueryHandlerCtx Schedule ScheduleFunction createModuleCaller createModuleHandler definition'
  ).split(' '),
);

export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** `items/queries` → `items_queries`; a taken word gets a `_` after it. */
export function toImportName(modulePath: string): string {
  const name = modulePath.replaceAll('/', '_');
  return TAKEN.has(name) ? `${name}_` : name;
}

/** `items/queries` and `items_queries` → `ItemsQueries`. */
export function toTypeName(modulePath: string): string {
  return modulePath
    .split(/[/_]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
