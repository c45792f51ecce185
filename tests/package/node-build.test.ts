import { initCRPC } from 'kitcn/server';
import { expect, test } from 'vitest';
import { z } from 'zod';

test('what Node loads makes its schemas with the Zod that is loaded anyway', async () => {
  expect(import.meta.resolve('kitcn/server')).toMatch('/dist/node/server.js');
  const item = z.object({ at: z.date(), byName: z.map(z.string(), z.set(z.date())).optional() });
  const list = initCRPC
    .create()
    .query.paginated({ limit: 10, item })
    .query(({ input }) => {
      const page = [{ at: new Date(input.limit) }];
      return { page, isDone: true, continueCursor: input.cursor ?? 'end' };
    });
  // As Convex calls it.
  const run = (args: object): Promise<string> =>
    (list as unknown as { invokeQuery(args: string): Promise<string> }).invokeQuery(
      JSON.stringify([args]),
    );
  expect(JSON.parse(await run({ limit: 99 }))).toMatchObject({
    page: [{ at: { __crpc_Date: 10 } }],
  });
  await expect(run({ limit: 0 })).rejects.toThrow('too_small');
  const { exportArgs, exportReturns } = list as unknown as Record<string, () => string>;
  expect(exportArgs?.()).toContain('paginationOpts');
  expect(exportReturns?.()).toContain('__crpc_Map');
});
