import path from 'node:path';
// As a whole: `SourceTextModule` is there only in threads with the flag, and others may import this module.
import vm from 'node:vm';
import type { Context, SourceTextModule } from 'node:vm';
import type { BundledModule, FunctionsBundle } from './bundle.ts';
import { MODULE_SCHEME } from './locate-error.ts';
import { ProjectError } from './project-error.ts';
import { WEB_GLOBALS } from './web-globals.ts';

export interface ModuleRealmOptions {
  /** What `process.env` shows. */
  env: Readonly<Record<string, string>>;
  /** Further globals; they win over the web ones. */
  globals?: Readonly<Record<string, unknown>>;
  /** Script that runs in the realm before any module. */
  prelude?: string;
  /** Asked before each dynamic `import()`; throws to refuse it. */
  onDynamicImport?: (specifier: string) => void;
}

/** The exports of a module. */
export type ModuleNamespace = Record<string, unknown>;

/**
 * A global scope of its own for the modules of one bundle: the web's globals and `process.env`, nothing of Node.
 * Needs a thread that was started with `--experimental-vm-modules`. Not a security boundary.
 */
export class ModuleRealm {
  readonly #context: Context;
  readonly #options: ModuleRealmOptions;
  readonly #modules = new Map<string, SourceTextModule>();
  #packages: NonNullable<FunctionsBundle['packages']> = {};

  constructor(options: ModuleRealmOptions) {
    this.#options = options;
    // An ordinary global object: the default one sends each access to a global through an interceptor.
    this.#context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
    const globals = {
      ...WEB_GLOBALS,
      process: { env: { ...options.env } },
      self: this.#context,
      global: this.#context,
      ...options.globals,
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(this.#context, name, { value, configurable: true, writable: true });
    }
    vm.runInContext(`(${acceptForeignErrors.toString()})()`, this.#context);
    if (options.prelude !== undefined) vm.runInContext(options.prelude, this.#context);
  }

  /** Links and evaluates all entry points, in order. Throws what a module throws; see `locateError`. */
  async load(bundle: FunctionsBundle): Promise<Map<string, ModuleNamespace>> {
    this.#packages = bundle.packages ?? {};
    for (const module of bundle.modules) this.#modules.set(module.path, this.#compile(module));
    const namespaces = new Map<string, ModuleNamespace>();
    for (const entry of bundle.entries) {
      const module = this.#modules.get(`${entry}.js`);
      if (module === undefined) {
        throw new ProjectError(
          'MODULE_FAILED',
          `The bundle has no module for its entry point "${entry}".`,
        );
      }
      await this.#evaluate(module);
      // A namespace is an object with string keys.
      namespaces.set(entry, module.namespace as ModuleNamespace);
    }
    return namespaces;
  }

  #compile(module: BundledModule): SourceTextModule {
    return new vm.SourceTextModule(module.source, {
      context: this.#context,
      identifier: MODULE_SCHEME + module.path,
      initializeImportMeta: (meta) => {
        meta.url = MODULE_SCHEME + module.path;
      },
      importModuleDynamically: async (specifier) => {
        this.#options.onDynamicImport?.(specifier);
        return this.#evaluate(this.#resolve(specifier, module.path));
      },
    });
  }

  async #evaluate(module: SourceTextModule): Promise<SourceTextModule> {
    if (module.status === 'unlinked') {
      await module.link((specifier, referrer) =>
        this.#resolve(specifier, referrer.identifier.slice(MODULE_SCHEME.length)),
      );
    }
    await module.evaluate();
    return module;
  }

  #resolve(specifier: string, referrer: string): SourceTextModule {
    const isRelative = specifier.startsWith('./') || specifier.startsWith('../');
    const target = isRelative
      ? path.posix.join(path.posix.dirname(referrer), specifier)
      : this.#packages[specifier];
    const module = target === undefined ? undefined : this.#modules.get(target);
    if (module !== undefined) return module;
    throw new ProjectError(
      'MODULE_FAILED',
      `"${referrer}" imports "${specifier}", which is not in the bundle. Functions run without Node's modules.`,
    );
  }
}

/**
 * Errors of web APIs (a failed `fetch`) come from another realm, where user code's `error instanceof Error` would be
 * false. Runs inside the realm, so it refers to nothing outside itself.
 */
function acceptForeignErrors(): void {
  const isOwn = Function.prototype[Symbol.hasInstance];
  const isError = (value: unknown): value is Error =>
    Object.prototype.toString.call(value) === '[object Error]';
  for (const type of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError]) {
    Object.defineProperty(type, Symbol.hasInstance, {
      value(this: unknown, value: unknown): boolean {
        if (isOwn.call(this, value)) return true;
        return this === type && isError(value) && (type === Error || value.name === type.name);
      },
    });
  }
}
