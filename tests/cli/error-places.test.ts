import { expect, test } from 'vitest';
import { cliProject } from './project.fixture.ts';

const BROKEN = `import { z } from 'zod';
import { CRPCError } from 'kitcn/crpc';
import { c } from '../lib/crpc';
const find = (id: number): never => {
  if (id < 0) throw new CRPCError({ code: 'NOT_FOUND' });
  throw new Error('a bug', { cause: new Error('its cause') });
};
export const get = c.query.input(z.object({ id: z.number() })).query(({ input }) => find(input.id));
`;

test('a failure is logged and told with the places in the user’s sources where it was made', async () => {
  await using app = await cliProject();
  await app.write({ 'convex/functions/broken.ts': BROKEN });
  await using dev = await app.startDev('--data=:memory:');
  const ask = async (id: number) => {
    const response = await fetch(`${dev.url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: 'broken:get', args: { id } }),
    });
    return (await response.json()) as { errorMessage: string; logLines: string[] };
  };

  const bug = await ask(1);
  const [line] = bug.logLines;
  expect(line).toMatch(/Error: a bug\s+at find \(convex\/functions\/broken\.ts:6:9\)/);
  expect(line).toMatch(/its cause\s+at find \(convex\/functions\/broken\.ts:6:37\)/);
  expect(line).not.toMatch(/functions:|file:|node:|node_modules/);
  expect(bug.errorMessage).not.toContain('a bug');

  const refusal = await ask(-1);
  expect(refusal.errorMessage).toMatch(
    /NOT_FOUND.*\n\s+at find \(convex\/functions\/broken\.ts:5:21\)/,
  );
});
