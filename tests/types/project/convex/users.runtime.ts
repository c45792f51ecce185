// As `kitcn codegen` writes it when no type can be printed.
import { createModuleCaller } from 'kitcn/server';
import type { CallerFunction, QueryCallerCtx } from 'kitcn/server';
import * as users from './users.ts';

const definition = {
  path: 'users',
  functions: { get: 'query', teams: 'query' },
  load: () => users,
} as const;

export interface UsersQueryCaller {
  get: CallerFunction<typeof users.get>;
  teams: CallerFunction<typeof users.teams>;
}

export function createUsersCaller(ctx: QueryCallerCtx): UsersQueryCaller;
export function createUsersCaller(ctx: object): unknown {
  return createModuleCaller(definition, ctx);
}
