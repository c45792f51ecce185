import { BackendError } from '../backend-error.ts';
import { parseFunctionPath } from './function-path.ts';
import type { FunctionHandles } from './function-handles.ts';

/** How `convex/server` names a function: exactly one of these. */
export interface FunctionAddress {
  /** `folder/module:export` */
  name?: string;
  /** Of a component. */
  reference?: string;
  functionHandle?: string;
}

/** `folder/module:export` of an address. */
export function pathOfAddress(
  { name, functionHandle }: FunctionAddress,
  handles: FunctionHandles,
): string {
  if (name !== undefined) return parseFunctionPath(name);
  if (functionHandle !== undefined) return handles.pathOf(functionHandle);
  throw new BackendError(
    400,
    'NotSupported',
    'The embedded backend does not support components yet.',
  );
}
