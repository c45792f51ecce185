import { BackendError } from '../backend-error.ts';
import { parseFunctionPath } from '../http/function-path.ts';

/** How `convex/server` names a function: exactly one of these. */
export interface FunctionAddress {
  /** `folder/module:export` */
  name?: string;
  /** Of a component. */
  reference?: string;
  functionHandle?: string;
}

/** `folder/module:export` of an address. */
export function pathOfAddress(address: FunctionAddress): string {
  if (address.name !== undefined) return parseFunctionPath(address.name);
  const feature = address.reference === undefined ? 'function handles' : 'components';
  throw new BackendError(
    400,
    'NotSupported',
    `The embedded backend does not support ${feature} yet.`,
  );
}
