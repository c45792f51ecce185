import { access, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import { generate } from './generate.ts';
import type { GenerateResult } from './generate.ts';
import { watchProject } from './watch.ts';

const QUERY = `import { query } from './_generated/server';\nexport const list = query({ handler: () => 1 });\n`;

/** Outcomes of a watcher, one after the other. */
class Outcomes {
  readonly #arrived: (GenerateResult | Error)[] = [];
  #wake: (() => void) | undefined;

  readonly onChange = (outcome: GenerateResult | Error): void => {
    this.#arrived.push(outcome);
    this.#wake?.();
  };

  get waiting(): number {
    return this.#arrived.length;
  }

  async next(): Promise<GenerateResult | Error> {
    for (;;) {
      const outcome = this.#arrived.shift();
      if (outcome !== undefined) return outcome;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next outcome with this many functions; a change may be noticed in two steps. */
  async count(functionCount: number): Promise<GenerateResult> {
    for (;;) {
      const outcome = await this.next();
      if (!(outcome instanceof Error) && outcome.functionCount === functionCount) return outcome;
    }
  }

  async error(): Promise<Error> {
    for (;;) {
      const outcome = await this.next();
      if (outcome instanceof Error) return outcome;
    }
  }
}

test(
  'follows files that are added, changed, broken, repaired and removed',
  { timeout: 30_000 },
  async () => {
    await using folder = await temporaryProject({ 'convex/functions/teams.ts': QUERY });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    expect(await outcomes.next()).toMatchObject({ functionCount: 1 });

    await folder.write({ 'convex/functions/users.ts': QUERY });
    await outcomes.count(2);
    await folder.write({ 'convex/functions/users.ts': `export const = 1;` });
    expect(await outcomes.error()).toMatchObject({ file: 'convex/functions/users.ts', line: 1 });
    await folder.write({ 'convex/functions/users.ts': `${QUERY}export { list as all };` });
    await outcomes.count(3);
    await folder.write({ 'convex/functions/users.ts': null });
    expect((await outcomes.count(1)).removed).toHaveLength(1);
  },
);

test(
  'follows imported files outside the functions folder, also when they appear late',
  { timeout: 30_000 },
  async () => {
    await using folder = await temporaryProject({
      'src/crpc.ts': `export { query } from '../convex/functions/_generated/server';`,
      'convex/functions/teams.ts': `import '../lib/late';\nimport { query } from '../../src/crpc';\nexport const list = query({ handler: () => 1 });`,
    });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    expect(await outcomes.next()).toMatchObject({ code: 'BUNDLE_FAILED' });
    await folder.write({ 'convex/lib/late.ts': 'export {};' });
    await outcomes.count(1);
    await folder.write({
      'src/crpc.ts': `throw new Error('outside');\nexport const query = () => 1;`,
    });
    expect(await outcomes.error()).toMatchObject({ file: 'src/crpc.ts' });
  },
);

test('takes no notice of what it writes itself', async () => {
  await using folder = await temporaryProject({ 'convex/functions/teams.ts': QUERY });
  const outcomes = new Outcomes();
  const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
  await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
  await outcomes.next();
  await folder.write({
    'convex/functions/generated/server.ts': 'changed',
    'convex/functions/generated/server.ts.x.kitcn-tmp': 'changed',
    'convex/functions/_generated/api.js': 'changed',
    'convex/shared/api.ts': 'changed',
  });
  await sleep(400);
  expect(outcomes.waiting).toBe(0);
});

test('rejects when there is no project', async () => {
  await using folder = await temporaryProject({});
  const options = { projectDir: folder.root, onChange: () => {} };
  await expect(watchProject(options)).rejects.toMatchObject({ code: 'FUNCTIONS_FOLDER_NOT_FOUND' });
});

test(
  'writes only what a change concerns, takes no notice of files that nobody imports, and follows renames',
  { timeout: 30_000 },
  async () => {
    await using folder = await temporaryProject({
      'convex/functions/teams.ts': `if (process.env.STAGE !== 'test') throw new Error('No stage');\n${QUERY}`,
      'convex/functions/users.ts': QUERY,
      'convex/notes.ts': 'export {};',
    });
    const outcomes = new Outcomes();
    const options = { projectDir: folder.root, env: { STAGE: 'test' } };
    const watcher = await watchProject({ ...options, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await outcomes.count(2);

    await folder.write({ 'convex/notes.ts': 'export const changed = 1;' });
    await sleep(400);
    expect(outcomes.waiting).toBe(0);

    await folder.write({ 'convex/functions/users.ts': `${QUERY}export { list as all };` });
    const { written } = await outcomes.count(3);
    expect(written.map((file) => path.basename(file))).toEqual(['users.runtime.ts', 'api.ts']);
    await sleep(400);
    expect(outcomes.waiting).toBe(0);

    const functions = path.join(folder.root, 'convex/functions');
    await rename(path.join(functions, 'users.ts'), path.join(functions, 'people.ts'));
    await vi.waitFor(() => access(path.join(functions, 'generated/people.runtime.ts')), 10_000);
    await vi.waitFor(
      () => expect(access(path.join(functions, 'generated/users.runtime.ts'))).rejects.toThrow(),
      10_000,
    );
  },
);

test(
  'a module that crashes while it is looked at does not end the watch',
  { timeout: 60_000 },
  async () => {
    await using folder = await temporaryProject({ 'convex/functions/teams.ts': QUERY });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await outcomes.count(1);
    const late = `Promise.reject(new Error('late'));\nawait new Promise(() => {});\n`;
    await folder.write({ 'convex/functions/teams.ts': `${late}${QUERY}` });
    expect(await outcomes.error()).toMatchObject({ code: 'MODULE_FAILED' });
    await folder.write({ 'convex/functions/teams.ts': `${QUERY}export { list as all };` });
    await outcomes.count(2);
  },
);

test(
  'changes during a run give one more run after it, never two at once',
  { timeout: 60_000 },
  async () => {
    await using folder = await temporaryProject({ 'convex/functions/teams.ts': QUERY });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const counts: number[] = [];
    let running = 0;
    const onChange = async (outcome: GenerateResult | Error): Promise<void> => {
      running += 1;
      expect(running).toBe(1);
      if (!(outcome instanceof Error)) counts.push(outcome.functionCount);
      await released;
      running -= 1;
    };
    const started = watchProject({ projectDir: folder.root, onChange });
    await vi.waitFor(() => expect(counts).toEqual([1]), 20_000);
    await folder.write({ 'convex/functions/users.ts': QUERY, 'convex/functions/items.ts': QUERY });
    await sleep(200);
    expect(counts).toEqual([1]);
    release();
    const watcher = await started;
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await vi.waitFor(() => expect(counts.at(-1)).toBe(3), 20_000);
  },
);

test(
  'the watcher sees the same environment variables as the one-shot run, after a change too',
  { timeout: 60_000 },
  async () => {
    // Their metadata goes into the api: what a module saw while it was loaded.
    const seeing = (functions: string): string => `import { query } from './_generated/server';
const meta = { stage: process.env.STAGE ?? null, names: Object.keys(process.env).toSorted() };
const seeing = () => Object.assign(query({ handler: () => 1 }), { '~crpc': { meta } });
${functions}`;
    await using folder = await temporaryProject({
      'convex/functions/a.ts': seeing('export const list = seeing();'),
    });
    const seen = async (): Promise<string[]> => {
      const api = await readFile(path.join(folder.root, 'convex/shared/api.ts'), 'utf8');
      return [...api.matchAll(/\{ stage: .*\] \}/g)].map(([meta]) => meta);
    };
    const options = { projectDir: folder.root, env: { STAGE: 'test' } };
    await generate(options);
    const [once] = await seen();
    expect(once).toContain(`stage: 'test'`);

    await folder.write({ 'convex/shared/api.ts': null });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ ...options, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await outcomes.count(1);
    expect(await seen()).toEqual([once]);
    await folder.write({
      'convex/functions/a.ts': seeing(
        'export const list = seeing();\nexport const more = seeing();',
      ),
    });
    await outcomes.count(2);
    expect(await seen()).toEqual([once, once]);
  },
);

test(
  'a file that starts out empty, or is commented out for a while, is a module when it has a function',
  { timeout: 60_000 },
  async () => {
    const teams = 'convex/functions/teams.ts';
    const fresh = 'convex/functions/fresh.ts';
    await using folder = await temporaryProject({ [teams]: QUERY });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await outcomes.count(1);

    await folder.write({ [fresh]: '' });
    await outcomes.count(1);
    await folder.write({ [fresh]: QUERY });
    await outcomes.count(2);

    await folder.write({ [fresh]: QUERY.replaceAll(/^/gm, '// ') });
    await outcomes.count(1);
    await folder.write({ [fresh]: QUERY });
    await outcomes.count(2);

    // Tests beside functions are never modules.
    await folder.write({ 'convex/functions/teams.test.ts': QUERY });
    await outcomes.count(2);
    await folder.write({ 'convex/functions/teams.test.ts': `${QUERY}// changed` });
    await sleep(400);
    expect(outcomes.waiting).toBe(0);
  },
);

test(
  'generated files that were deleted or edited are written again with the next change, and only they',
  { timeout: 60_000 },
  async () => {
    const teams = 'convex/functions/teams.ts';
    const runtime = 'convex/functions/generated/teams.runtime.ts';
    const api = 'convex/shared/api.ts';
    await using folder = await temporaryProject({
      [teams]: QUERY,
      'convex/functions/users.ts': QUERY,
    });
    const outcomes = new Outcomes();
    const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
    await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
    await outcomes.count(2);
    const read = (file: string): Promise<string> => readFile(path.join(folder.root, file), 'utf8');
    const good = [await read(runtime), await read(api)];
    let edits = 0;
    const writtenAfterEdit = async (): Promise<string[]> => {
      edits += 1;
      await folder.write({ [teams]: `${QUERY}// ${edits}` });
      const { written } = await outcomes.count(2);
      await sleep(400);
      expect(outcomes.waiting).toBe(0);
      return written.map((file) => path.relative(folder.root, file));
    };

    expect(await writtenAfterEdit()).toEqual([]);
    await rm(path.join(folder.root, 'convex/functions/generated'), { recursive: true });
    await rm(path.join(folder.root, 'convex/shared'), { recursive: true });
    expect(await writtenAfterEdit()).toEqual([
      'convex/functions/generated/server.ts',
      runtime,
      'convex/functions/generated/users.runtime.ts',
      api,
    ]);
    expect([await read(runtime), await read(api)]).toEqual(good);

    await folder.write({ [api]: (good[1] ?? '').replace('teams', 'taems') });
    expect(await writtenAfterEdit()).toEqual([api]);
    expect([await read(runtime), await read(api)]).toEqual(good);

    // Touched, with the same text: as a formatter leaves it.
    await folder.write({ [api]: good[1] ?? '' });
    expect(await writtenAfterEdit()).toEqual([]);
  },
);

test('a functions folder that goes and comes back is followed', { timeout: 30_000 }, async () => {
  await using folder = await temporaryProject({ 'convex/functions/teams.ts': QUERY });
  const [here, away] = ['convex', 'away'].map((name) => path.join(folder.root, name)) as [
    string,
    string,
  ];
  const outcomes = new Outcomes();
  const watcher = await watchProject({ projectDir: folder.root, onChange: outcomes.onChange });
  await using _ = { [Symbol.asyncDispose]: () => watcher.close() };
  await outcomes.count(1);
  await rename(here, away);
  await outcomes.error();
  await sleep(500);
  await rename(away, here);
  await outcomes.count(1);
  await folder.write({ 'convex/functions/users.ts': QUERY });
  await outcomes.count(2);
});
