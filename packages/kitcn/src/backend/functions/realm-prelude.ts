/** What the realm of user functions asks the executor. */
export interface RealmHooks {
  /** Milliseconds since the epoch; stands still in queries and mutations. */
  now(): number;
  performanceNow(): number;
  random(): number;
  fillRandom(bytes: Uint8Array): void;
  /** Throws in queries, mutations and while modules load. */
  refuse(what: string): void;
  /** The running function has the thread again after it waited for the outside. */
  resume(): void;
}

/** The name under which the hooks wait in the realm until the prelude takes them. */
export const HOOKS_GLOBAL = '__kitcnRealmHooks';

/** Script that puts the hooks in place of the clock, randomness and I/O of a realm. */
export function realmPrelude(): string {
  return `(${installHooks.toString()})(${HOOKS_GLOBAL}); delete globalThis.${HOOKS_GLOBAL};`;
}

/** Runs inside the realm, so it refers to nothing outside itself. */
function installHooks(hooks: RealmHooks): void {
  const RealDate = Date;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  RealDate.now = () => hooks.now();
  const HookedDate = new Proxy(RealDate, {
    apply: () => new RealDate(hooks.now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [hooks.now()] : args, newTarget),
  });
  RealDate.prototype.constructor = HookedDate;
  define('Date', HookedDate);
  Math.random = () => hooks.random();

  const { crypto, performance, fetch, setTimeout, setInterval } = globalThis;
  const subtle = new Proxy(crypto.subtle, {
    get(target, name) {
      if (name === 'generateKey') hooks.refuse('crypto.subtle.generateKey()');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  define('crypto', {
    subtle,
    getRandomValues<T extends ArrayBufferView>(view: T): T {
      hooks.fillRandom(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      return view;
    },
    randomUUID(): string {
      const bytes = new Uint8Array(16);
      hooks.fillRandom(bytes);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    },
  });
  define('performance', {
    timeOrigin: performance.timeOrigin,
    now: () => hooks.performanceNow(),
  });
  define('fetch', async (...args: Parameters<typeof fetch>) => {
    hooks.refuse('fetch()');
    try {
      return await fetch(...args);
    } finally {
      hooks.resume();
    }
  });
  const hookTimer = (name: string, set: (...args: Parameters<typeof setTimeout>) => unknown) => {
    define(name, (callback: (...args: unknown[]) => void, ...rest: [number?, ...unknown[]]) => {
      hooks.refuse(`${name}()`);
      const resumed = (...args: unknown[]): void => {
        hooks.resume();
        callback(...args);
      };
      return set(resumed, ...rest);
    });
  };
  hookTimer('setTimeout', setTimeout);
  hookTimer('setInterval', setInterval);
}
