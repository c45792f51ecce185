// convex-test with the functions of the project. As a program: answers one query and ends, for the time of a start.
import { pathToFileURL } from 'node:url';
import { makeFunctionReference } from 'convex/server';
import { convexTest } from 'convex-test';
import schema from './project/convex/schema.ts';

export type ConvexTest = ReturnType<typeof openConvexTest>;

export function openConvexTest() {
  const modules = {
    './convex/rows.ts': () => import('./project/convex/rows.ts'),
    './convex/_generated/api.js': async () => ({}),
  };
  return convexTest({ schema, modules });
}

export const query = (name: string) => makeFunctionReference<'query'>(`rows:${name}`);
export const mutation = (name: string) => makeFunctionReference<'mutation'>(`rows:${name}`);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await openConvexTest().query(query('trivial'), { number: 1 });
  process.exit(0);
}
