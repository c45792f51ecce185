import { RUNTIME_TYPES } from '../model/library-types.ts';
import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { imported, printed } from '../model/type-expression.ts';
import { printMember } from './member-access.ts';
import { toText } from './output-file.ts';
import { printKey } from './print-json.ts';
import { LINE_WIDTH } from './print-type.ts';
import { recursiveNameOf, TypePrinter, writtenHandler, writtenTypes } from './type-printer.ts';
import type { ReferencePlace } from './type-printer.ts';

/** The parts of a module that decide which interfaces it gets. */
interface ModuleParts {
  module: ModuleModel;
  printer: TypePrinter;
  queries: FunctionModel[];
  mutations: FunctionModel[];
  actions: FunctionModel[];
}

/** One interface to print. */
interface Interface {
  name: string;
  parent?: string | undefined;
  members: string[];
}

/**
 * `generated/<module>.runtime.ts`: the in-process factories of one module. Each member is written out, never mapped over
 * the module's type, so that a module may call itself through this file without its types going in a circle.
 */
export function emitRuntime(module: ModuleModel): string {
  const ofKind = (kind: FunctionModel['kind']): FunctionModel[] =>
    module.functions.filter((fn) => fn.kind === kind);
  const parts = {
    module,
    printer: new TypePrinter(),
    queries: ofKind('query'),
    mutations: ofKind('mutation'),
    actions: ofKind('action'),
  };
  const body = [emitDefinition(module), ...emitHandler(parts), ...emitCaller(parts)];
  return toText([emitImports(parts), parts.printer.aliases().join('\n'), ...body]);
}

function emitImports({ module, printer, queries, mutations }: ModuleParts): string {
  const { path, importName } = module;
  const factories = ['createModuleCaller'];
  if (queries.length + mutations.length > 0) factories.push('createModuleHandler');
  const up = '../'.repeat(path.split('/').length);
  return [
    ...printer.idImport(),
    `import { ${factories.join(', ')} } from 'kitcn/server';`,
    ...printer.importsOf('kitcn/server', RUNTIME_TYPES),
    `import * as ${importName} from '${up}${path}.js';`,
  ].join('\n');
}

function emitDefinition({ path, importName, functions }: ModuleModel): string {
  const kinds = functions.map(({ name, kind }) => `    ${printKey(name)}: '${kind}',\n`).join('');
  return `const definition = {
  path: '${path}',
  functions: {
${kinds}  },
  load: () => ${importName},
} as const;`;
}

function emitHandler(parts: ModuleParts): string[] {
  const { module, printer, queries, mutations } = parts;
  const { path, typeName } = module;
  const forQueries = `${typeName}QueryHandler`;
  const forMutations = `${typeName}MutationHandler`;
  const members = (functions: FunctionModel[]): string[] =>
    functions.map((fn) => printHandler(parts, fn));
  const factory = `create${typeName}Handler`;
  const interfaces: Interface[] = [];
  const overloads: string[] = [];
  let parent: string | undefined;
  if (queries.length > 0) {
    parent = `${forQueries}${contextOf(module, queries)}`;
    interfaces.push({ name: parent, members: members(queries) });
    printer.use('QueryHandlerCtx');
    overloads.push(emitHandlerOverload(factory, 'QueryHandlerCtx', parent));
  }
  if (mutations.length > 0) {
    const name = `${forMutations}${contextOf(module, [...queries, ...mutations])}`;
    interfaces.push({ name, parent, members: members(mutations) });
    printer.use('MutationHandlerCtx');
    overloads.unshift(emitHandlerOverload(factory, 'MutationHandlerCtx', name));
  }
  if (overloads.length === 0) return [];
  return [
    ...interfaces.map(emitInterface),
    `/** In queries and mutations: calls the handlers of \`${path}\` directly, in the same transaction. */
${overloads.join('\n')}
export function ${factory}(ctx: object): unknown {
  return createModuleHandler(definition, ctx);
}`,
  ];
}

/** The parameter of an interface that holds handlers of these functions: none if all their types are written out. */
function contextOf(module: ModuleModel, functions: readonly FunctionModel[]): string {
  return functions.every((fn) => writtenHandler(module, fn) !== undefined) ? '' : '<Ctx>';
}

function emitHandlerOverload(factory: string, ctx: string, result: string): string {
  const flat = result.endsWith('<Ctx>')
    ? `export function ${factory}<Ctx extends ${ctx}>(ctx: Ctx): ${result};`
    : `export function ${factory}(ctx: ${ctx}): ${result};`;
  return flat.length <= LINE_WIDTH ? flat : flat.replace(/\(ctx: (\w+)\)/, '(\n  ctx: $1,\n)');
}

/** A member of a handler: with its types written out where any context can call it, or else inferred from it. */
function printHandler({ module, printer }: ModuleParts, fn: FunctionModel): string {
  const types = writtenHandler(module, fn);
  if (types !== undefined)
    return printLinked(module, fn, (place) => printer.callable(types, place));
  const parameters = [`typeof ${printMember(module, fn)}`, 'Ctx'];
  return printEntry(module, fn, (place) => printer.reference('HandlerFunction', parameters, place));
}

/** An entry with a link to its source, where an editor's "go to definition" would end otherwise. */
function printLinked(
  module: ModuleModel,
  fn: FunctionModel,
  printValue: (place: ReferencePlace) => string,
): string {
  const { path, fileName } = module;
  const link = `${'../'.repeat(path.split('/').length)}${fileName}`;
  return `/** [${fileName}](${link}) */\n  ${printEntry(module, fn, printValue)}`;
}

/** `getTeam: …;` as a member of an interface. */
function printEntry(
  module: ModuleModel,
  fn: FunctionModel,
  printValue: (place: ReferencePlace) => string,
): string {
  const key = `${printKey(fn.name)}: `;
  const place = { of: recursiveNameOf(module, fn), indent: '  ', used: key.length + 3 };
  return `${key}${printValue(place)};`;
}

/** A member of a caller: with its types written out and a link to its source, or inferred from it. */
function printCall(
  { module, printer }: ModuleParts,
  fn: FunctionModel,
  kind: 'call' | 'schedule',
): string {
  const types = writtenTypes(module, fn);
  if (types === undefined) {
    const name = kind === 'call' ? 'CallerFunction' : 'ScheduleFunction';
    const parameters = [`typeof ${printMember(module, fn)}`];
    return printEntry(module, fn, (place) => printer.reference(name, parameters, place));
  }
  const scheduled = printed(imported('ScheduledId'));
  const called =
    kind === 'call' ? types : { input: types.input, output: scheduled, errors: undefined };
  return printLinked(module, fn, (place) => printer.callable(called, place));
}

/** Groups of callers: queries and mutations with such a name are called through their references only. */
const GROUPS = new Set(['actions', 'schedule']);

function emitCaller(parts: ModuleParts): string[] {
  const { module, printer, queries, mutations, actions } = parts;
  const { path, typeName } = module;
  const members = (functions: FunctionModel[], kind: 'call' | 'schedule' = 'call'): string[] =>
    functions.map((fn) => printCall(parts, fn, kind));
  const ungrouped = (functions: FunctionModel[]): FunctionModel[] =>
    functions.filter(({ name }) => !GROUPS.has(name));
  const interfaces: Interface[] = [];
  // What a caller is called, from the least capable context to the most capable one.
  const callers: { ctx: string; name: string | undefined }[] = [];
  let name: string | undefined;

  if (queries.length > 0) {
    name = `${typeName}QueryCaller`;
    interfaces.push({ name, members: members(ungrouped(queries)) });
  }
  callers.push({ ctx: 'QueryCallerCtx', name });
  if (mutations.length + actions.length > 0) {
    const scheduled = `${typeName}Scheduled`;
    const schedulable = module.functions.filter(({ kind }) => kind !== 'query');
    interfaces.push({ name: scheduled, members: members(schedulable, 'schedule') });
    printer.use('Schedule');
    const own = [...members(ungrouped(mutations)), `schedule: Schedule<${scheduled}>;`];
    interfaces.push({ name: `${typeName}MutationCaller`, parent: name, members: own });
    name = `${typeName}MutationCaller`;
  }
  callers.push({ ctx: 'MutationCallerCtx', name });
  if (actions.length > 0) {
    const grouped = `${typeName}Actions`;
    interfaces.push({ name: grouped, members: members(actions) });
    const own = [`actions: ${grouped};`];
    interfaces.push({ name: `${typeName}ActionCaller`, parent: name, members: own });
    name = `${typeName}ActionCaller`;
  }
  callers.push({ ctx: 'ActionCallerCtx', name });
  for (const { ctx, name: given } of callers) if (given !== undefined) printer.use(ctx);

  const factory = `create${typeName}Caller`;
  return [
    ...interfaces.map(emitInterface),
    `/** Calls the functions of \`${path}\` through Convex: validated, middleware runs. */
${emitCallerOverloads(factory, callers).join('\n')}
export function ${factory}(ctx: object): unknown {
  return createModuleCaller(definition, ctx);
}`,
  ];
}

/** The most capable context first, as overloads are tried in order; contexts that get the same caller share one. */
function emitCallerOverloads(
  factory: string,
  callers: readonly { ctx: string; name: string | undefined }[],
): string[] {
  const contexts = new Map<string, string[]>();
  for (const { ctx, name } of callers.toReversed()) {
    if (name !== undefined) contexts.set(name, [...(contexts.get(name) ?? []), ctx]);
  }
  return [...contexts].map(
    ([name, of]) => `export function ${factory}(ctx: ${of.join(' | ')}): ${name};`,
  );
}

function emitInterface({ name, parent, members }: Interface): string {
  const heritage = parent === undefined ? '' : ` extends ${parent}`;
  return `export interface ${name}${heritage} {\n${members.map((member) => `  ${member}\n`).join('')}}`;
}
