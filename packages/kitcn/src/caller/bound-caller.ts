import type { CallerBranch, CallerLeaf, RouteLeaf } from './caller-tree.ts';
import { missingProcedure } from './missing-procedure.ts';

/** Options of a call as they arrive, before anything is known of them. */
export interface UncheckedCallOptions {
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  skipUnauth?: boolean | undefined;
  retries?: number | undefined;
  dedupe?: boolean | undefined;
}

/** Makes one call for one context, or notes it down for a snapshot. */
export type Dispatch = (
  leaf: CallerLeaf | RouteLeaf,
  input: unknown,
  options: UncheckedCallOptions | undefined,
) => unknown;

/**
 * One branch in one context. Members become own properties when they are first asked for, so that a context pays only
 * for what it calls, and a member that a test assigns stays.
 */
class BoundBranch {
  readonly #dispatch: Dispatch;

  constructor(dispatch: Dispatch) {
    this.#dispatch = dispatch;
  }

  /** For `String()` and templates: a procedure named `toString` must not answer them. */
  [Symbol.toPrimitive](): string {
    return '[kitcn caller]';
  }

  static bind(target: BoundBranch, member: CallerLeaf | RouteLeaf | CallerBranch): unknown {
    const dispatch = target.#dispatch;
    if (member.kind === 'branch') return bindCaller(member, dispatch);
    return (input: unknown, options?: UncheckedCallOptions) => dispatch(member, input, options);
  }
}

/** How all contexts read one branch: members first, then what every object has, then the answer to a typo. */
class BranchHandler implements ProxyHandler<BoundBranch> {
  readonly #branch: CallerBranch;

  constructor(branch: CallerBranch) {
    this.#branch = branch;
  }

  get(target: BoundBranch, key: string | symbol): unknown {
    if (Object.hasOwn(target, key)) return Reflect.get(target, key);
    this.#bind(target, key);
    if (typeof key === 'symbol' || Reflect.has(target, key)) return Reflect.get(target, key);
    return missingProcedure(this.#branch, key);
  }

  has(target: BoundBranch, key: string | symbol): boolean {
    this.#bind(target, key);
    return Reflect.has(target, key);
  }

  getOwnPropertyDescriptor(
    target: BoundBranch,
    key: string | symbol,
  ): PropertyDescriptor | undefined {
    this.#bind(target, key);
    return Reflect.getOwnPropertyDescriptor(target, key);
  }

  ownKeys(target: BoundBranch): (string | symbol)[] {
    for (const name of this.#branch.members.keys()) this.#bind(target, name);
    return Reflect.ownKeys(target);
  }

  #bind(target: BoundBranch, key: string | symbol): void {
    if (typeof key === 'symbol' || Object.hasOwn(target, key)) return;
    const member = this.#branch.members.get(key);
    if (member !== undefined) Reflect.set(target, key, BoundBranch.bind(target, member));
  }
}

const handlers = new WeakMap<CallerBranch, BranchHandler>();

/** The tree as functions that call through `dispatch`. Costs one object a context, and one a branch that it touches. */
export function bindCaller(branch: CallerBranch, dispatch: Dispatch, extras?: object): object {
  let handler = handlers.get(branch);
  if (handler === undefined) {
    handler = new BranchHandler(branch);
    handlers.set(branch, handler);
  }
  return new Proxy(Object.assign(new BoundBranch(dispatch), extras), handler);
}
