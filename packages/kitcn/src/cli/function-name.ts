import { UsageError } from './command-error.ts';

const SOURCE_EXTENSION = /\.[cm]?[jt]sx?$/;

/**
 * `folder/module:export` of a function as people write it: so already, `folder/module` for its default export, or with
 * dots, `api.folder.module.export`, with or without `api.` and `internal.`.
 */
export function parseFunctionName(written: string): string {
  const [modulePart = '', exportPart, ...rest] = written.split(':');
  const module = modulePart.replace(SOURCE_EXTENSION, '');
  if (rest.length > 0 || module === '' || exportPart === '') throw notAName(written);
  if (exportPart !== undefined) return `${module}:${exportPart}`;
  if (module !== modulePart || !module.includes('.') || module.includes('/')) {
    return `${module}:default`;
  }
  const parts = module.replace(/^(?:api|internal)\./, '').split('.');
  const exportName = parts.pop();
  if (parts.length === 0 || parts.includes('') || !exportName) throw notAName(written);
  return `${parts.join('/')}:${exportName}`;
}

function notAName(written: string): UsageError {
  return new UsageError(
    `"${written}" is not the name of a function, which looks like "module:function" or "api.module.function"`,
  );
}
