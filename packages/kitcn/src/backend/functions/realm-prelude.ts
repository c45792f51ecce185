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
  const installers = [hookClock, hookFormats, hookRandomness, hookOutside];
  const calls = installers.map((install) => `(${install.toString()})(${HOOKS_GLOBAL});`);
  return `${calls.join('\n')}\ndelete globalThis.${HOOKS_GLOBAL};`;
}

// The functions below run inside the realm, so each refers to nothing outside itself.

function hookClock(hooks: RealmHooks): void {
  const RealDate = Date;
  const HookedDate = new Proxy(RealDate, {
    apply: () => new RealDate(hooks.now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [hooks.now()] : args, newTarget),
  });
  RealDate.now = () => hooks.now();
  RealDate.prototype.constructor = HookedDate;
  globalThis.Date = HookedDate;
  const { timeOrigin } = globalThis.performance;
  Object.defineProperty(globalThis, 'performance', {
    value: { timeOrigin, now: () => hooks.performanceNow() },
  });
}

/** Without a date, formats take the present one. */
function hookFormats(hooks: RealmHooks): void {
  const { prototype } = Intl.DateTimeFormat;
  const { formatToParts } = prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      // What the language says it is.
      const real = format?.call(this) as Intl.DateTimeFormat['format'];
      return (date?: Date | number) => real(date ?? hooks.now());
    },
  });
  prototype.formatToParts = function (this: Intl.DateTimeFormat, date) {
    return formatToParts.call(this, date ?? hooks.now());
  };
}

function hookRandomness(hooks: RealmHooks): void {
  Math.random = () => hooks.random();
  const subtle = new Proxy(globalThis.crypto.subtle, {
    get(target, name) {
      if (name === 'generateKey') hooks.refuse('crypto.subtle.generateKey()');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const getRandomValues = <T extends ArrayBufferView>(view: T): T => {
    hooks.fillRandom(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return view;
  };
  const randomUUID = (): string => {
    const bytes = getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  Object.defineProperty(globalThis, 'crypto', { value: { subtle, getRandomValues, randomUUID } });
}

function hookOutside(hooks: RealmHooks): void {
  const { fetch: realFetch, setTimeout: realTimeout, setInterval: realInterval } = globalThis;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value });
  };
  define('fetch', async (...args: Parameters<typeof fetch>) => {
    hooks.refuse('fetch()');
    try {
      return await realFetch(...args);
    } finally {
      hooks.resume();
    }
  });
  type Timer = (callback: () => void, delay?: number) => unknown;
  const hookTimer = (name: string, set: Timer): void => {
    define(name, (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
      hooks.refuse(`${name}()`);
      return set(() => {
        hooks.resume();
        callback(...args);
      }, delay);
    });
  };
  // The class itself is that of the whole thread.
  const HookedSignal = new Proxy(AbortSignal, {
    get(target, name) {
      if (name !== 'timeout') return Reflect.get(target, name);
      return (delay: number): AbortSignal => {
        hooks.refuse('AbortSignal.timeout()');
        return target.timeout(delay);
      };
    },
  });
  define('AbortSignal', HookedSignal);
  hookTimer('setTimeout', realTimeout);
  hookTimer('setInterval', realInterval);
}
