import { extname } from 'node:path';

/**
 * The main module of a thread: a neighbour of the module with this `import.meta.url`, by its name without extension,
 * which is `.ts` in the sources and `.js` in the package.
 */
export function threadModule(name: string, importMetaUrl: string): URL {
  return new URL(`./${name}${extname(importMetaUrl)}`, importMetaUrl);
}
