import type { FunctionModel } from '../model/project-model.ts';

/**
 * What was made of a module's functions in earlier runs: while a project is watched, nearly all of them stay as they are.
 */
export class PrintedBefore<Printed> {
  readonly #known = new WeakMap<readonly FunctionModel[], { key: string; printed: Printed }>();

  /** @param key all else that the result depends on. */
  get(functions: readonly FunctionModel[], key: string, print: () => Printed): Printed {
    const known = this.#known.get(functions);
    if (known?.key === key) return known.printed;
    const printed = print();
    this.#known.set(functions, { key, printed });
    return printed;
  }
}
