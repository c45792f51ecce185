import { CRPCError } from '../errors/crpc-error.ts';
import { bindCaller } from './bound-caller.ts';
import type { CallerBranch, CallerLeaf } from './caller-tree.ts';

/** A query that the callback of a snapshot asked for. */
export class NotedQuery {
  readonly kind = 'snapshot query';
  readonly leaf: CallerLeaf;
  readonly input: unknown;

  constructor(leaf: CallerLeaf, input: unknown) {
    this.leaf = leaf;
    this.input = input;
  }
}

/** A caller whose calls are noted down instead of sent. */
function createNotingCaller(tree: CallerBranch): object {
  return bindCaller(tree, (leaf, input) => {
    if (leaf.kind === 'leaf' && leaf.type === 'query') return new NotedQuery(leaf, input);
    if (leaf.kind === 'route') throw misuse(`${leaf.path.join('.')} is an HTTP route`);
    throw misuse(`${leaf.path.join('.')} is of type ${leaf.type}: call it by ctx.caller`);
  });
}

/** What the callback returned, as a list, and the way back to its shape. */
export interface CollectedQueries {
  queries: NotedQuery[];
  /** Puts one value for each query where the query was. */
  toShape(values: readonly unknown[]): unknown;
}

/** Runs the callback of a snapshot. */
export async function collectQueries(
  collect: (caller: object) => unknown,
  tree: CallerBranch,
): Promise<CollectedQueries> {
  const collected = collect(createNotingCaller(tree));
  if (Array.isArray(collected)) {
    return { queries: await assertQueries(collected), toShape: (values) => values };
  }
  if (Object.prototype.toString.call(collected) !== '[object Object]') {
    void Promise.resolve(collected).catch(() => {}); // Of an async callback: it has been refused.
    throw misuse('its callback must return an array or an object of queries');
  }
  const names = Object.keys(collected as object);
  return {
    queries: await assertQueries(Object.values(collected as object)),
    toShape: (values) => Object.fromEntries(names.map((name, index) => [name, values[index]])),
  };
}

/** A mistyped procedure gave a promise, which rejects with the right name. */
async function assertQueries(members: readonly unknown[]): Promise<NotedQuery[]> {
  for (const member of await Promise.all(members)) {
    if (!(member instanceof NotedQuery)) {
      throw misuse('its callback returned something that is no query of the caller it was given');
    }
  }
  return members as NotedQuery[]; // Each has just been looked at.
}

function misuse(problem: string): CRPCError {
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: `A snapshot is of queries only: ${problem}`,
    origin: 'client',
  });
}
