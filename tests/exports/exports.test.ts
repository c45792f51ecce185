import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/** One subpath of the package: where its code and its types are. */
type Target = { types: string; default: string } | string;

const PACKAGE = new URL(import.meta.resolve('kitcn/package.json'));
const { exports }: { exports: Record<string, Target> } = JSON.parse(
  await readFile(PACKAGE, 'utf8'),
);

/** Names that an entry's declaration file exports; entries are lists of `export { … } from` and nothing else. */
function declaredNames(declarations: string, keyword: RegExp): string[] {
  return [...declarations.matchAll(keyword)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .sort();
}

test.each(Object.entries(exports).filter(([, target]) => typeof target === 'object'))(
  '%s exports what its list says',
  async (subpath, target) => {
    if (typeof target === 'string') return;
    const module: object = await import(new URL(target.default, PACKAGE).href);
    const declarations = await readFile(new URL(target.types, PACKAGE), 'utf8');
    const values = Object.keys(module).sort();
    expect(values).toEqual(declaredNames(declarations, /^export \{([^}]*)\}/gm));
    expect(declarations).not.toMatch(/^export \*/m);
    const types = declaredNames(declarations, /^export type \{([^}]*)\}/gm);
    const list = [`kitcn${subpath.slice(1)}`, '', ...values, '', ...types.map((t) => `type ${t}`)];
    // A change of the public surface shows in this file: `npx vitest run tests/exports --update` writes it anew.
    await expect(`${list.join('\n')}\n`).toMatchFileSnapshot(`./${subpath.slice(2)}.txt`);
  },
);

test('nothing but the listed subpaths can be imported', async () => {
  for (const subpath of ['', '/dist/entries/server.js', '/src/entries/server.ts']) {
    expect(() => import.meta.resolve(`kitcn${subpath}`)).toThrow(
      /ERR_PACKAGE_PATH|not exported|exports/i,
    );
  }
});
