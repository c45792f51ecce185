import type { NamedRoute, RouteInfo } from '../../procedure/route-definition.ts';
import { toJsonObject } from '../../project/analyze.ts';
import { isPrinted, NO_FIELDS, printed, text, union } from '../model/type-expression.ts';
import type {
  RouteTypes,
  PrintedType,
  RecursiveType,
  TypeField,
  UnprintedType,
} from '../model/type-expression.ts';
import { describeErrors, describeSide, sentOutput } from './describe-function.ts';
import type { ModuleFacts } from './describe-function.ts';
import type { DiscoveredRoute } from '../model/discovered-project.ts';
import type { RouteSchemas } from '../model/sent-schemas.ts';

/** The routes of `http.ts`, sorted by name; none if its default export is a plain router of Convex's. */
export function describeRoutes(
  router: unknown,
  facts: ModuleFacts,
  schemasOf?: (info: RouteInfo, facts: ModuleFacts) => RouteSchemas,
): DiscoveredRoute[] {
  const { '~crpc': known } = (router ?? {}) as { '~crpc'?: { routes?: NamedRoute[] } };
  return (known?.routes ?? [])
    .map(({ name, info }) => ({
      ...describeRoute(name, info, facts),
      ...(schemasOf && { schemas: schemasOf(info, facts) }),
    }))
    .sort((a, b) => (a.name.join('.') < b.name.join('.') ? -1 : 1));
}

function describeRoute(
  name: readonly string[],
  info: RouteInfo,
  facts: ModuleFacts,
): DiscoveredRoute {
  const { type: kind, method, path, output } = info;
  const meta = toJsonObject(info.meta, `${method} ${path}`);
  const types: RouteTypes = {
    isExact: !facts.isHandTyped,
    errors: describeErrors(info, facts),
    input: describeInput(info, facts),
    output:
      output === undefined
        ? { reason: 'it has no .output()' }
        : sentOutput(describeSide(output, 'output', facts)),
  };
  // Nothing of the realm that the route was made in.
  const known = { name: [...name], kind, method, path, types };
  return meta === undefined ? known : { ...known, meta };
}

const PARTS = ['params', 'searchParams', 'input', 'form'] as const;

/** What callers pass: an object of the parts that the route reads. */
function describeInput(info: RouteInfo, facts: ModuleFacts): PrintedType | UnprintedType {
  const fields: TypeField[] = [];
  const recursive: RecursiveType[] = [];
  for (const name of PARTS) {
    const schema = info.schemas[name];
    if (schema === undefined) continue;
    const described = describeSide(schema, 'input', facts);
    if (!isPrinted(described)) return described;
    if (described.recursive.length > 0 && recursive.length > 0) {
      return { reason: 'it has several recursive inputs' };
    }
    const isOptional = name === 'searchParams' && takesNothing(described);
    const type = isOptional ? union([described.type, text('undefined')]) : described.type;
    fields.push({ name, isOptional, type });
    recursive.push(...described.recursive);
  }
  if (fields.length === 0) return printed(NO_FIELDS);
  return printed({ kind: 'object', fields, isOpen: false }, recursive);
}

/** Whether `{}` is of the type, so that callers may leave it out. */
function takesNothing({ type }: PrintedType): boolean {
  return type.kind === 'object' && type.fields.every(({ isOptional }) => isOptional);
}
