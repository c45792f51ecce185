/**
 * What a plain call does without: failures, tokens, snapshots, deadlines, hooks, admin keys, the sockets of Node, and
 * values that JSON lacks.
 */
export type OnDemandParts = typeof import('./on-demand-parts.ts');

let load: () => Promise<OnDemandParts>;

/**
 * Says how the parts are loaded. Where size counts they are a chunk of their own; Node and Convex have them at hand, since
 * there each further file costs more than its bytes.
 */
export function provideOnDemand(loader: () => Promise<OnDemandParts>): void {
  load ??= loader;
}

export function onDemand(): Promise<OnDemandParts> {
  return load();
}
