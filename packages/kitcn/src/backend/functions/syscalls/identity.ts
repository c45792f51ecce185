import { BackendError } from '../../backend-error.ts';
import { syscall } from './syscall.ts';
import type { AsyncSyscalls } from './syscall.ts';

export const identityReads: AsyncSyscalls = {
  '1.0/getUserIdentity': syscall(({ request, state }) => {
    if (state !== null) state.observed.identity = true;
    const error = request.identityError;
    if (error) throw new BackendError(error.status, error.code, `${error.code}: ${error.message}`);
    return request.identity;
  }),
};
