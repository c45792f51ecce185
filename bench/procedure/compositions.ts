import { initCRPC } from '../../packages/kitcn/src/procedure/init.ts';
import { createModuleHandler } from '../../packages/kitcn/src/runtime/create-module-handler.ts';
import type { ModuleDefinition } from '../../packages/kitcn/src/runtime/module-definition.ts';

interface Handler {
  p0(input: object): Promise<unknown>;
}

/** The in-process handler of modules of different sizes, beside the handler's function called by hand. */
export function compositions(): { name: string; run: () => unknown }[] {
  const c = initCRPC.create();
  const ctx = { db: {}, auth: {}, storage: {}, runQuery: async () => null };
  const input = { id: 'a' };
  const handler = async ({ input }: { input: unknown }) => input;
  const sizes = [1, 10, 100].map((size) => {
    const names = Array.from({ length: size }, (_, index) => `p${index}`);
    const module = Object.fromEntries(names.map((name) => [name, c.query.query(handler)]));
    const definition: ModuleDefinition = {
      path: `m${size}`,
      functions: Object.fromEntries(names.map((name) => [name, 'query'])),
      load: () => module,
    };
    return {
      name: `a module of ${size} procedures`,
      run: () => (createModuleHandler(definition, ctx) as Handler).p0(input),
    };
  });
  return [{ name: 'the function by hand', run: () => handler({ input }) }, ...sizes];
}
