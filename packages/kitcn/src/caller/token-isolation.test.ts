import { expect, test } from 'vitest';
import type { ConvexContext } from './convex-context.ts';
import { deploy, headers, refused, success, UNAUTHORIZED } from './scripted-deployment.fixture.ts';
import type { Api, Reply, SeenRequest } from './scripted-deployment.fixture.ts';

/** A small generator of numbers from 0 up to 1 that anyone can run again from its seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const USERS = 8;
const STEPS = 60;
const tick = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Who a request is made for: each call of a user says so in its arguments. */
function userOf({ body }: SeenRequest): string {
  return /"name":"(u\d+)/.exec(JSON.stringify(body))?.[1] ?? 'nobody';
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('no token crosses requests, seed %d', async (seed) => {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const answers: Reply[] = [
    refused('InvalidAuthHeader'),
    UNAUTHORIZED,
    success('ok'),
    success('ok'),
  ];
  await using deployment = await deploy(async () => {
    await tick(below(3));
    return answers[below(answers.length)] ?? 'hang';
  });
  let minted = 0;
  const { createContext, createCaller } = deployment.factory({
    auth: {
      getToken: async (_siteUrl, requestHeaders, opts) => {
        await tick(below(3));
        if (below(8) === 0) throw new Error('the auth server is down');
        const kind = opts === undefined ? 'first' : 'refreshed';
        const token = `${requestHeaders.get('user')}.${kind}.${minted++}`;
        return { token, isFresh: below(4) === 0 };
      },
    },
  });
  const requests = Array.from({ length: USERS }, (_, index) => headers({ user: `u${index}` }));
  const contexts = new Map<number, ConvexContext<Api>>();
  const running: Promise<unknown>[] = [];
  const step = async (): Promise<void> => {
    const user = below(USERS);
    const request = requests[user] ?? headers();
    const input = { name: `u${user}.${below(2)}` };
    if (below(3) === 0) {
      running.push(
        createCaller(() => createContext(request))
          .user.create(input)
          .catch(() => {}),
      );
      return;
    }
    const known = contexts.get(user);
    const context =
      known && below(4) > 0 ? known : await createContext(request).catch(() => undefined);
    if (context === undefined) return;
    contexts.set(user, context);
    running.push(context.caller.user.create(input).catch(() => {}));
    if (context.token !== undefined) expect(context.token).toMatch(new RegExp(`^u${user}\\.`));
  };
  for (let index = 0; index < STEPS; index++) {
    running.push(step());
    if (below(3) === 0) await tick(below(2));
  }
  while (running.length > 0) await Promise.all(running.splice(0));

  expect(deployment.requests.length).toBeGreaterThan(STEPS / 2);
  for (const request of deployment.requests) {
    expect(request.headers.authorization, `seed ${seed}`).toMatch(
      new RegExp(`^Bearer ${userOf(request)}\\.(?:first|refreshed)\\.\\d+$`),
    );
  }
});
