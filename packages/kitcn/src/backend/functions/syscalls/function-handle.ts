import { FunctionFailure } from '../function-failure.ts';
import type { FunctionAddress } from '../function-address.ts';
import { syscall } from './syscall.ts';
import type { AsyncSyscalls } from './syscall.ts';

export const functionHandles: AsyncSyscalls = {
  '1.0/createFunctionHandle': syscall(({ request }, address: FunctionAddress, calls) => {
    const path = calls.pathOf(address);
    if (request.deployment.functions.has(path)) return calls.handles.handleOf(path);
    throw new FunctionFailure(`Could not find function for '${path}'.`);
  }),
};
