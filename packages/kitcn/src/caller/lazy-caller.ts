import { bindCaller } from './bound-caller.ts';
import type { CallerBranch } from './caller-tree.ts';
import type { ConvexContext } from './convex-context.ts';
import type { ServerCaller } from './server-caller.ts';

/** A caller that makes its context anew for each call; `cache` of React makes that once per request. */
export type LazyCaller<TApi> = ServerCaller<TApi> & LazyCallerAuth;

/** Who the context's request is. */
export interface LazyCallerAuth {
  isAuth(): Promise<boolean>;
  isUnauth(): Promise<boolean>;
  getToken(): Promise<string | undefined>;
}

/** The caller that `createCaller` returns. Nothing of `getContext` is remembered, so it may be kept across requests. */
export function createLazyCaller<TApi>(
  tree: CallerBranch,
  getContext: () => Promise<ConvexContext<TApi>>,
): LazyCaller<TApi> {
  const auth: LazyCallerAuth = {
    isAuth: async () => (await getContext()).isAuthenticated,
    isUnauth: async () => !(await getContext()).isAuthenticated,
    getToken: async () => (await getContext()).token,
  };
  const caller = bindCaller(
    tree,
    async ({ path }, input, options) => {
      const { caller: bound } = await getContext();
      return followPath(bound, path)(input, options);
    },
    auth,
  );
  return caller as LazyCaller<TApi>; // The tree was read from an api of type TApi.
}

type AnyCall = (input: unknown, options: unknown) => Promise<unknown>;

/** Goes by the public face of the context, so that one which a user wrapped or replaced works too. */
function followPath(caller: object, path: readonly string[]): AnyCall {
  let member: unknown = caller;
  for (const name of path) member = Reflect.get(member as object, name);
  return member as AnyCall; // The path is a leaf's, and both trees are the same api.
}
