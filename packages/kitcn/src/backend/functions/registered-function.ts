import { parseValidator } from '../values/validator.ts';
import type { Validator } from '../values/validator.ts';
import { analyzeModule } from '../../project/analyze.ts';
import type { ModuleNamespace } from '../../project/module-realm.ts';

/** A query, mutation or action that can be called by its path. */
export interface RegisteredFunction {
  /** `folder/module:export` */
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'action';
  readonly visibility: 'public' | 'internal';
  readonly args: Validator;
  readonly returns: Validator | null;
  /** Takes the JSON of a list with one object, answers the JSON of the value; both Convex-encoded. */
  readonly invoke: (argsJson: string) => Promise<string>;
}

/** What `convex/server` puts on a function; of the invoke methods, the one of its kind is there. */
interface ConvexFunction {
  exportArgs(): string;
  exportReturns(): string;
  invokeQuery(argsJson: string): Promise<string>;
  invokeMutation(argsJson: string): Promise<string>;
  invokeAction(requestId: string, argsJson: string): Promise<string>;
}

/** The callable functions of a module. HTTP actions are reached through the router only. */
export function registeredFunctions(
  entry: string,
  namespace: ModuleNamespace,
): RegisteredFunction[] {
  return analyzeModule(entry, namespace).flatMap(({ name, kind, visibility }) => {
    if (kind === 'httpAction') return [];
    // Its markers say that it was made by `convex/server`.
    const convexFunction = namespace[name] as ConvexFunction;
    const returns = JSON.parse(convexFunction.exportReturns());
    return {
      path: `${entry}:${name}`,
      kind,
      visibility,
      args: parseValidator(JSON.parse(convexFunction.exportArgs())),
      returns: returns === null ? null : parseValidator(returns),
      invoke: invokerOf(convexFunction, kind),
    };
  });
}

function invokerOf(
  convexFunction: ConvexFunction,
  kind: RegisteredFunction['kind'],
): RegisteredFunction['invoke'] {
  switch (kind) {
    case 'query':
      return (argsJson) => convexFunction.invokeQuery(argsJson);
    case 'mutation':
      return (argsJson) => convexFunction.invokeMutation(argsJson);
    case 'action':
      // Convex's request ids are opaque to functions; the running execution says whose call it is.
      return (argsJson) => convexFunction.invokeAction('', argsJson);
  }
}
