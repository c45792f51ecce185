import { CRPCError } from '../errors/crpc-error.ts';

/** What a browser must not load: tokens of many users and admin keys pass through `kitcn/server`. */
export function refuseBrowser(): never {
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message:
      'kitcn/server is for servers and was bundled for a browser. There, import errors and types from kitcn/crpc, ' +
      'and call procedures with convex/react and the api of @convex/api. Move code that needs kitcn/server into a ' +
      'module that only the server imports.',
    origin: 'client',
  });
}
