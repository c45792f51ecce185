import { BackendError } from '../backend-error.ts';

const MODULE_PATH = /^[\w.]+(?:\/[\w.]+)*$/;
const EXPORT_NAME = /^[A-Za-z_]\w*$/;

/**
 * `folder/module:export` of a path as clients write it: without `:` it means the default export, and the module
 * may end in `.js`. 400 `BadConvexFunctionIdentifier` if it cannot be one.
 */
export function parseFunctionPath(path: string): string {
  const parts = path.split(':');
  const [written = '', exportName = 'default'] = parts;
  const module = written.replace(/\.js$/, '');
  if (parts.length > 2 || !MODULE_PATH.test(module) || !EXPORT_NAME.test(exportName)) {
    throw new BackendError(
      400,
      'BadConvexFunctionIdentifier',
      `${JSON.stringify(path.slice(0, 200))} is not the path of a function, which looks like "folder/module:export".`,
    );
  }
  return `${module}:${exportName}`;
}
