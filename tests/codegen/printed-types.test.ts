import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateFixture } from './fixture.ts';

/** What stands in `api.ts` for each function of a module: what is `printed`, what is `inferred`, or some of each. */
function leavesOf(api: string, module: string): Map<string, string> {
  const body = new RegExp(`^  ${module}: \\{\n(.*?)^  \\};`, 'ms').exec(api)?.[1] ?? '';
  const leaves = body.matchAll(/^    (\w+): ((?:Api|Declaring).*?;)$(?=\n    (?:\w|\/)|\n$)/gms);
  return new Map([...leaves].map(([, name = '', type = '']) => [name, kindOf(type)]));
}

function kindOf(leaf: string): string {
  if (leaf.startsWith('ApiFunction')) return 'inferred';
  return /\binfer(?:Input|Output|Errors)</.test(leaf) ? 'partly inferred' : 'printed';
}

/** A file that type-checks only if what is printed for each function is what TypeScript infers for it. */
function equalityTest(module: string, names: Iterable<string>): string {
  const checks = [...names].map((name) => {
    const [printed, inferred] = [
      `Api['${module}']['${name}']`,
      `ApiFunction<typeof module.${name}>`,
    ];
    return `export const ${name}: [
  Same<Types<${printed}>['input'], Given<Types<${inferred}>['input']>>,
  Same<Types<${printed}>['output'], Types<${inferred}>['output']>,
  Same<Types<${printed}>['errors'], Types<${inferred}>['errors']>,
  Same<Empty<${printed}['_args']>, Empty<${inferred}['_args']>>,
  Same<${printed}['_returnType'], ${inferred}['_returnType']>,
  Same<${interfaceOf(module)}<Ctx>['${name}'], CalledWith<HandlerFunction<typeof module.${name}, Ctx>>>,
] = [true, true, true, true, true, true];\n`;
  });
  return `import type { ApiFunction } from 'kitcn/crpc';
import type { HandlerFunction } from 'kitcn/server';
import type { QueryCtx as Ctx } from './functions/generated/server';
import type { ${interfaceOf(module)} } from './functions/generated/${module}.runtime';
import type * as module from './functions/${module}';
import type { Api } from './shared/api';
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : [A, 'is not', B];
/** What is printed takes nothing where nothing is asked for; what is inferred, any object. */
type Given<Input> = Same<Input, Record<never, never>> extends true ? Record<string, never> : Input;
type Empty<Args> = [Args[keyof Args]] extends [never] ? 'empty' : Args;
type CalledWith<Call> = Call extends (input?: infer Input) => infer Result
  ? Same<Exclude<Input, undefined>, Record<never, never>> extends true ? (input?: Record<string, never>) => Result : Call
  : Call;
type Types<Leaf> = Leaf extends { '~crpc': { types?: infer Types } } ? NonNullable<Types> : never;
${checks.join('')}`;
}

function interfaceOf(module: string): string {
  return `${module.charAt(0).toUpperCase()}${module.slice(1)}QueryHandler`;
}

test('the types that are written out are the types that TypeScript infers, for every kind of schema', async () => {
  await using project = await generateFixture('kinds');
  const api = await readFile(path.join(project.root, 'convex/shared/api.ts'), 'utf8');
  const leaves = leavesOf(api, 'kinds');
  expect(leaves.size).toBeGreaterThan(100);
  expect([...leaves].filter(([, kind]) => kind !== 'printed')).toEqual([]);
  const file = path.join(project.root, 'convex/equality.ts');
  await writeFile(file, equalityTest('kinds', leaves.keys()));
  expect(await project.typeErrors()).toBe('');
});

test('types that a schema does not show are inferred, and only those', async () => {
  await using project = await generateFixture('kinds');
  const api = await readFile(path.join(project.root, 'convex/shared/api.ts'), 'utf8');
  const traceless = leavesOf(api, 'traceless');
  expect([...traceless].filter(([, kind]) => kind === 'printed')).toEqual([]);
  expect(traceless.size).toBeGreaterThan(15);
  const file = path.join(project.root, 'convex/equality.ts');
  await writeFile(file, equalityTest('traceless', traceless.keys()));
  expect(await project.typeErrors()).toBe('');
  expect(leavesOf(api, 'typed')).toEqual(new Map([['slug', 'inferred']]));
  expect(leavesOf(api, 'native')).toEqual(
    new Map([
      ['erase', 'printed'],
      ['paint', 'partly inferred'],
    ]),
  );
});
