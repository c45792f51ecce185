import type { ProcedureInfo } from '../procedure/definition.ts';
import { must } from '../shared/assert.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { createCodec } from '../wire/codec.ts';
import type { Codec } from '../wire/codec.ts';

/** What generated code says of a module of the functions folder. */
export interface ModuleDefinition {
  /** Without ending: `items/queries`. */
  readonly path: string;
  readonly functions: Readonly<Record<string, ProcedureType>>;
  /** The module's exports, read at call time, so that modules may import each other's runtime in a circle. */
  readonly load: () => object;
}

/** A handler without validation and middleware. */
export type RawHandler = (call: { ctx: object; input: unknown }) => unknown;

/** An exported function: a procedure, or one made by Convex's own builders. */
interface ExportedFunction {
  '~crpc'?: ProcedureInfo;
  _handler?: (ctx: object, args: unknown) => unknown;
}

export function loadHandler(definition: ModuleDefinition, name: string): RawHandler {
  const { '~crpc': info, _handler: plain } = loadFunction(definition, name);
  if (info !== undefined) {
    const { errors, handler } = info;
    return ({ ctx, input }) => handler({ ctx, input, errors });
  }
  const handler = must(plain, `${definition.path}:${name} has no handler`);
  return ({ ctx, input }) => handler(ctx, input);
}

/** What is known of a procedure; nothing of a function made by Convex's own builders. */
export function loadInfo(definition: ModuleDefinition, name: string): ProcedureInfo | undefined {
  return loadFunction(definition, name)['~crpc'];
}

const plainCodec: Codec = createCodec();

export function loadCodec(definition: ModuleDefinition, name: string): Codec {
  return loadInfo(definition, name)?.codec ?? plainCodec;
}

function loadFunction({ load, path }: ModuleDefinition, name: string): ExportedFunction {
  const exports = load() as Record<string, ExportedFunction | undefined>;
  const loaded = must(exports[name], `${path} does not export ${name}: generate the code again`);
  const info = loaded['~crpc'];
  if (info !== undefined) info.functionName ??= `${path}:${name}`;
  return loaded;
}
