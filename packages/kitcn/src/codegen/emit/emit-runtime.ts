import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { toText } from './output-file.ts';

/** The parts of a module that decide which interfaces it gets. */
interface ModuleParts {
  module: ModuleModel;
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
    queries: ofKind('query'),
    mutations: ofKind('mutation'),
    actions: ofKind('action'),
  };
  const body = [emitDefinition(module), ...emitHandler(parts), ...emitCaller(parts)];
  return toText([emitImports(module, body.join('\n')), ...body]);
}

const FACTORIES = ['createModuleCaller', 'createModuleHandler'];
const TYPES = [
  'ActionCallerCtx',
  'CallerFunction',
  'HandlerFunction',
  'MutationCallerCtx',
  'MutationHandlerCtx',
  'QueryCallerCtx',
  'QueryHandlerCtx',
  'Schedule',
  'ScheduleFunction',
];

function emitImports({ path, importName }: ModuleModel, body: string): string {
  // Not as a part of a name, a key, a property or a path: functions and modules may be named like these.
  const used = (names: readonly string[]): string[] =>
    names.filter((name) => new RegExp(`(?<![\\w$.'\`/])${name}(?![\\w$:'\`/])`).test(body));
  const up = '../'.repeat(path.split('/').length);
  return [
    `import { ${used(FACTORIES).join(', ')} } from 'kitcn/server';`,
    `import type {\n  ${used(TYPES).join(',\n  ')},\n} from 'kitcn/server';`,
    `import * as ${importName} from '${up}${path}';`,
  ].join('\n');
}

function emitDefinition({ path, importName, functions }: ModuleModel): string {
  const kinds = functions.map(({ name, kind }) => `    ${name}: '${kind}',\n`).join('');
  return `const definition = {
  path: '${path}',
  functions: {
${kinds}  },
  load: () => ${importName},
} as const;`;
}

function emitHandler({ module, queries, mutations }: ModuleParts): string[] {
  const { path, typeName, importName } = module;
  const forQueries = `${typeName}QueryHandler`;
  const forMutations = `${typeName}MutationHandler`;
  const members = (functions: FunctionModel[]): string[] =>
    functions.map(({ name }) => `${name}: HandlerFunction<typeof ${importName}.${name}, Ctx>;`);
  const factory = `create${typeName}Handler`;
  const interfaces: Interface[] = [];
  const overloads: string[] = [];
  if (queries.length > 0) {
    interfaces.push({ name: `${forQueries}<Ctx>`, members: members(queries) });
    overloads.push(
      `export function ${factory}<Ctx extends QueryHandlerCtx>(ctx: Ctx): ${forQueries}<Ctx>;`,
    );
  }
  if (mutations.length > 0) {
    const parent = queries.length > 0 ? `${forQueries}<Ctx>` : undefined;
    interfaces.push({ name: `${forMutations}<Ctx>`, parent, members: members(mutations) });
    overloads.unshift(
      `export function ${factory}<Ctx extends MutationHandlerCtx>(\n  ctx: Ctx,\n): ${forMutations}<Ctx>;`,
    );
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

function emitCaller({ module, queries, mutations, actions }: ModuleParts): string[] {
  const { path, typeName, importName } = module;
  const members = (functions: FunctionModel[], type: string): string[] =>
    functions.map(({ name }) => `${name}: ${type}<typeof ${importName}.${name}>;`);
  const interfaces: Interface[] = [];
  // What a caller is called, from the least capable context to the most capable one.
  const callers: { ctx: string; name: string | undefined }[] = [];
  let name: string | undefined;

  if (queries.length > 0) {
    name = `${typeName}QueryCaller`;
    interfaces.push({ name, members: members(queries, 'CallerFunction') });
  }
  callers.push({ ctx: 'QueryCallerCtx', name });
  if (mutations.length + actions.length > 0) {
    const scheduled = `${typeName}Scheduled`;
    const schedulable = module.functions.filter(({ kind }) => kind !== 'query');
    interfaces.push({ name: scheduled, members: members(schedulable, 'ScheduleFunction') });
    const own = [...members(mutations, 'CallerFunction'), `schedule: Schedule<${scheduled}>;`];
    interfaces.push({ name: `${typeName}MutationCaller`, parent: name, members: own });
    name = `${typeName}MutationCaller`;
  }
  callers.push({ ctx: 'MutationCallerCtx', name });
  if (actions.length > 0) {
    const grouped = `${typeName}Actions`;
    interfaces.push({ name: grouped, members: members(actions, 'CallerFunction') });
    interfaces.push({
      name: `${typeName}ActionCaller`,
      parent: name,
      members: [`actions: ${grouped};`],
    });
    name = `${typeName}ActionCaller`;
  }
  callers.push({ ctx: 'ActionCallerCtx', name });

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
