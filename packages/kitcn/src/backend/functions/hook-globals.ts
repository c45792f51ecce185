import type { RealmHooks } from './realm-prelude.ts';

/** Asked at each use of a global whether it is a function's, and by what rules. */
export interface GlobalHooks {
  /** Throws if the running function must not use it. */
  refuse(what: string): void;
  /** `null`: the real time. */
  now(): number | null;
  performanceNow(): number | null;
  /** `null`: real randomness. */
  random(): Pick<RealmHooks, 'random' | 'fillRandom'> | null;
}

type Call = (...args: unknown[]) => unknown;

/** What stands in for a global, so that none is hooked twice. */
const hooked = new WeakSet<object>();

/** Hooks the globals of this realm that are not hooked. What runs outside of functions finds them as they were. */
export function hookGlobals(hooks: GlobalHooks): void {
  hook(globalThis, 'fetch', (real) => async (...args) => {
    hooks.refuse('fetch()');
    return real(...args);
  });
  const refuse =
    (what: string) =>
    (real: Call): Call => {
      return (...args) => {
        hooks.refuse(what);
        return real(...args);
      };
    };
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    hook(globalThis, name, refuse(`${name}()`));
  }
  hook(AbortSignal, 'timeout', refuse('AbortSignal.timeout()'));
  hook(crypto.subtle, 'generateKey', refuse('crypto.subtle.generateKey()'));
  hook(performance, 'now', (real) => () => hooks.performanceNow() ?? real());
  hookDate(hooks);
  hookRandomness(hooks);
}

function hookDate(hooks: GlobalHooks): void {
  if (hooked.has(Date)) return;
  const real = Date;
  const now = (): number => hooks.now() ?? real.now();
  const hookedDate = new Proxy(real, {
    apply: () => new real(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) =>
      name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown),
  });
  hooked.add(hookedDate);
  globalThis.Date = hookedDate;
}

function hookRandomness({ random }: GlobalHooks): void {
  hook(Math, 'random', (real) => () => random()?.random() ?? real());
  hook(crypto, 'getRandomValues', (real) => (view) => {
    const source = random();
    if (source === null || !ArrayBuffer.isView(view)) return real(view);
    source.fillRandom(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return view;
  });
  hook(crypto, 'randomUUID', (real) => (...args) => {
    const source = random();
    if (source === null) return real(...args);
    const bytes = new Uint8Array(16);
    source.fillRandom(bytes);
    return toUuid(bytes);
  });
}

/** Puts a function in place of another, with all that hangs on the other. */
function hook<Owner extends object>(
  owner: Owner,
  name: keyof Owner,
  wrap: (real: Call) => Call,
): void {
  const real = owner[name];
  if (typeof real !== 'function' || hooked.has(real)) return;
  const replacement = wrap((...args) => Reflect.apply(real, owner, args));
  const value = new Proxy(real, { apply: (_real, _self, args) => replacement(...args) });
  hooked.add(value);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
}

/** Of version 4. */
function toUuid(bytes: Uint8Array): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
