import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inject } from 'vitest';

const SOURCES = path.resolve(import.meta.dirname, '../../packages/kitcn/src');

/** What `threadModule` of the sources tells, for a bundle that `bundle-threads.ts` made. */
export function threadModule(name: string, importMetaUrl: string): URL {
  const folder = path.relative(SOURCES, path.dirname(fileURLToPath(importMetaUrl)));
  return pathToFileURL(path.join(inject('threadBundles'), folder, `${name}.js`));
}
