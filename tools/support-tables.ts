// Keeps the tables of docs/embedded-backend.md what the code says. `npm run docs:check`; with `--write` it mends them.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { SUPPORTED_OPERATIONS } from '../packages/kitcn/src/backend/functions/convex-global.ts';
import { UNSUPPORTED_OPERATIONS } from '../packages/kitcn/src/backend/functions/syscalls/unsupported.ts';
import { UNSUPPORTED_ROUTES } from '../packages/kitcn/src/backend/http/unsupported-routes.ts';
import { LIMITS } from './support/limits.ts';
import { CALLS } from './support/calls.ts';

const root = join(import.meta.dirname, '..');
const FILE = join(root, 'docs', 'embedded-backend.md');

const TABLES: Readonly<Record<string, () => string>> = {
  calls: () => toTable('in functions', 'what is there', callRows()),
  unsupported: () =>
    unsupportedFeatures()
      .map((feature) => `- ${feature}`)
      .join('\n'),
  limits: () => toTable('what', 'at most', LIMITS),
};

const text = readFileSync(FILE, 'utf8');
let made = text;
for (const [name, make] of Object.entries(TABLES)) {
  const place = new RegExp(`(<!-- from the code: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(made)) throw new Error(`${FILE} has no place for the table "${name}"`);
  made = made.replace(place, (_all, start: string, end: string) => `${start}\n${make()}\n\n${end}`);
}
made = await format(made, { ...(await resolveConfig(FILE)), parser: 'markdown' });

if (process.argv.includes('--write')) writeFileSync(FILE, made);
else if (made !== text) {
  console.error(`${FILE} is not what the code says: node tools/support-tables.ts --write`);
  process.exit(1);
}

/** A row for each part of `ctx`. Throws for operations that are not there, and for those that no row is about. */
function callRows(): [string, string][] {
  const rows = Object.entries(CALLS);
  const named = rows.flatMap(([, calls]) => Object.values(calls).flat());
  const known = [...SUPPORTED_OPERATIONS, ...Object.keys(UNSUPPORTED_OPERATIONS)];
  expectNone(difference(named, SUPPORTED_OPERATIONS), 'The embedded backend does not have');
  expectNone(difference(SUPPORTED_OPERATIONS, named), 'tools/support/calls.ts does not name');
  expectNone(difference(operationsOfConvex(), known), 'kitcn does not know of convex/server');
  return rows.map(([part, calls]) => [part, Object.keys(calls).join(', ')]);
}

function difference(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((one) => !others.includes(one));
}

function expectNone(operations: readonly string[], problem: string): void {
  if (operations.length > 0) throw new Error(`${problem}: ${operations.join(', ')}`);
}

/** What the installed `convex/server` calls its backend for. */
function operationsOfConvex(): string[] {
  const folder = join(root, 'node_modules', 'convex', 'dist', 'esm', 'server');
  const sources = globSync('**/*.js', { cwd: folder }).map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/perform(?:Async|Js)?Syscall\(\s*"([^"]+)"/g),
  ]);
  return calls.flatMap(([, operation]) => operation ?? []);
}

function unsupportedFeatures(): string[] {
  const features = [
    ...Object.values(UNSUPPORTED_OPERATIONS),
    ...UNSUPPORTED_ROUTES.map(([, feature]) => feature),
  ];
  return [...new Set(features)];
}

function toTable(
  first: string,
  second: string,
  rows: readonly (readonly [string, string])[],
): string {
  return [[first, second], ['---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
