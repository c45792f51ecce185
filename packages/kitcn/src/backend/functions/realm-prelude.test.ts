import { expect, test } from 'vitest';
import { SERVER, temporaryHost } from './temporary-host.fixture.ts';

const WORLD = `${SERVER}
async function pause() { await crypto.subtle.digest('SHA-256', new Uint8Array(1_000_000)); }
async function look() {
  const before = [Date.now(), new Date().getTime(), performance.now()];
  await pause();
  const after = [Date.now(), new Date().getTime(), performance.now()];
  return { before, after, isDate: new Date() instanceof Date, year: new Date('2020-02-03').getUTCFullYear(), text: typeof Date() };
}
export const inQuery = query(look);
export const inAction = action(look);
export const inMutation = mutation(look);
export const format = query(() => {
  const seconds = new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'long', timeZone: 'UTC' });
  const now = Date.now();
  for (let count = 0; count < 1e6; count += 1) Math.sqrt(count);
  const { value } = seconds.formatToParts().at(-3);
  return [seconds.format() === seconds.format(now), value === seconds.formatToParts(now).at(-3).value];
});
export const random = query(() => [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))].length]);
const uses = {
  fetch: () => fetch('http://127.0.0.1:9'),
  setTimeout: () => setTimeout(() => {}, 1),
  setInterval: () => setInterval(() => {}, 1),
  signal: () => AbortSignal.timeout(1),
  import: () => import('./other.js'),
  generateKey: () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
};
export const use = query((ctx, { name }) => uses[name]());
export const useInMutation = mutation((ctx, { name }) => uses[name]());
export const useInAction = action(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const key = await uses.generateKey();
  const error = await uses.fetch().catch((thrown) => thrown);
  const signal = AbortSignal.timeout(60_000);
  if (!(signal instanceof AbortSignal) || signal.aborted || !AbortSignal.abort().aborted) throw new Error('no signal');
  return [key.type, error instanceof TypeError, error instanceof Error, error instanceof RangeError];
});
export const bytes = action(async () => {
  const { buffer } = new TextEncoder().encode('abc');
  return [await new Response('abc').arrayBuffer(), buffer];
});
`;

test('the clock stands in queries and goes in actions', async () => {
  await using host = await temporaryHost({ world: WORLD });
  const frozen = await host.value('world:inQuery');
  expect(frozen).toMatchObject({ isDate: true, year: 2020, text: 'string' });
  const { before, after } = frozen as { before: number[]; after: number[] };
  expect(after).toEqual(before);
  expect(before[0]).toBe(before[1]);
  expect(Math.abs(Date.now() - (before[0] ?? 0))).toBeLessThan(60_000);
  const real = (await host.value('world:inAction')) as { before: number[]; after: number[] };
  expect(real.after[2]).toBeGreaterThan(real.before[2] ?? Infinity);
});

test('formats of dates take the clock that stands; the timer of mutations goes', async () => {
  await using host = await temporaryHost({ world: WORLD });
  expect(await host.value('world:format')).toEqual([true, true]);
  const { before, after } = (await host.value('world:inMutation')) as Record<string, number[]>;
  expect(after?.slice(0, 2)).toEqual(before?.slice(0, 2));
  expect(after?.[2]).toBeGreaterThan(before?.[2] ?? Infinity);
});

test('each execution has randomness of its own', async () => {
  await using host = await temporaryHost({ world: WORLD });
  const first = await host.value('world:random');
  expect(first).toEqual([
    expect.closeTo(0.5, 0),
    expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    4,
  ]);
  expect(await host.value('world:random')).not.toEqual(first);
});

test.each(['world:use', 'world:useInMutation'])('%s cannot reach the outside', async (path) => {
  await using host = await temporaryHost({ world: WORLD });
  const names = { fetch: 'fetch()', setTimeout: 'setTimeout()', setInterval: 'setInterval()' };
  const all = {
    ...names,
    signal: 'AbortSignal.timeout()',
    import: 'dynamic import()',
    generateKey: 'crypto.subtle.generateKey()',
  };
  for (const [name, words] of Object.entries(all)) {
    const { message } = await host.failure(path, { name });
    expect(message).toContain(`Can't use ${words} in queries and mutations.`);
  }
});

test('actions reach the outside; its errors and buffers are those of the realm', async () => {
  await using host = await temporaryHost({ world: WORLD });
  expect(await host.value('world:useInAction')).toEqual(['secret', true, true, false]);
  const [first, second] = (await host.value('world:bytes')) as [ArrayBuffer, ArrayBuffer];
  expect(new TextDecoder().decode(first)).toBe('abc');
  expect(new TextDecoder().decode(second)).toBe('abc');
});

test('modules load without clock, randomness or database', async () => {
  await expect(
    temporaryHost({ early: `${SERVER}\n\nfetch; setTimeout(() => {}, 1);` }),
  ).rejects.toMatchObject({
    code: 'NotDeterministic',
    message: expect.stringMatching(
      /^convex\/early:\d+:\d+: Can't use setTimeout\(\) while modules load\./,
    ),
  });
});
