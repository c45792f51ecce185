import { getFunctionName } from 'convex/server';
import type { ProcedureType } from '../shared/type-procedure.ts';

/** A procedure as calls need it. */
export interface CallerLeaf {
  readonly kind: 'leaf';
  /** Its way through the tree: `['items', 'queries', 'list']`. */
  readonly path: readonly string[];
  /** Its name on the deployment: `items/queries:list`. */
  readonly functionName: string;
  readonly type: ProcedureType;
  /** A request for it in Convex's JSON, up to its arguments. */
  readonly bodyStart: string;
}

/** An HTTP route as calls need it. */
export interface RouteLeaf {
  readonly kind: 'route';
  readonly path: readonly string[];
  readonly type: 'query' | 'mutation';
  readonly method: string;
  /** `/users/:id` */
  readonly urlPath: string;
}

export interface CallerBranch {
  readonly kind: 'branch';
  readonly path: readonly string[];
  readonly members: ReadonlyMap<string, CallerLeaf | RouteLeaf | CallerBranch>;
}

/** Members with these names would be called by `await` and `JSON.stringify`, or set a prototype: no caller has them. */
const UNSAFE_NAMES: ReadonlySet<string> = new Set(['then', 'toJSON', '__proto__']);

/** Reads the generated `api` once. Throws a `TypeError` on anything that is not a procedure with a known type. */
export function createCallerTree(api: object): CallerBranch {
  if (!isBranch(api)) {
    throw new TypeError(
      'createCallerFactory: api is not the object that kitcn generates. Import it from @convex/api, not from _generated/api.',
    );
  }
  return createBranch(api, []);
}

function createBranch(api: object, path: readonly string[]): CallerBranch {
  const members = new Map<string, CallerLeaf | RouteLeaf | CallerBranch>();
  for (const [name, member] of Object.entries(api)) {
    if (!UNSAFE_NAMES.has(name)) members.set(name, createMember(member, [...path, name]));
  }
  return { kind: 'branch', path, members };
}

function createMember(
  member: unknown,
  path: readonly string[],
): CallerLeaf | RouteLeaf | CallerBranch {
  if (isBranch(member)) return createBranch(member, path);
  // Told apart by strings: Convex's own references have something under every name.
  const { type, method, path: urlPath } = infoOf(member);
  if (!isProcedureType(type)) {
    throw new TypeError(
      `createCallerFactory: api.${path.join('.')} is not a query, mutation or action that kitcn generated. Run \`kitcn codegen\`.`,
    );
  }
  if (type !== 'action' && typeof method === 'string' && typeof urlPath === 'string') {
    return { kind: 'route', path, type, method, urlPath };
  }
  // The type on it says that this is a leaf, and a leaf is a function reference.
  const functionName = getFunctionName(member as Parameters<typeof getFunctionName>[0]);
  const bodyStart = `{"path":${JSON.stringify(functionName)},"format":"convex_encoded_json","args":[`;
  return { kind: 'leaf', path, functionName, type, bodyStart };
}

/** Convex's own references (`anyApi`, `_generated/api`) call themselves that; they do not know their type. */
function isBranch(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Object.hasOwn(value, '~crpc') &&
    !Object.hasOwn(value, Symbol.for('functionName')) &&
    Object.prototype.toString.call(value) !== '[object FunctionReference]'
  );
}

function infoOf(member: unknown): Record<string, unknown> {
  return (member as { '~crpc'?: Record<string, unknown> } | null | undefined)?.['~crpc'] ?? {};
}

function isProcedureType(type: unknown): type is ProcedureType {
  return type === 'query' || type === 'mutation' || type === 'action';
}
