// As `kitcn codegen` writes it when no type can be printed.
import { createModuleCaller, createModuleHandler } from 'kitcn/server';
import type {
  CallerFunction,
  HandlerFunction,
  MutationCallerCtx,
  QueryCallerCtx,
  QueryHandlerCtx,
} from 'kitcn/server';
import * as teams from './teams.ts';

const definition = {
  path: 'teams',
  functions: { create: 'mutation', get: 'query', list: 'query', name: 'query', owner: 'query' },
  load: () => teams,
} as const;

export interface TeamsQueryHandler<Ctx> {
  get: HandlerFunction<typeof teams.get, Ctx>;
  list: HandlerFunction<typeof teams.list, Ctx>;
  name: HandlerFunction<typeof teams.name, Ctx>;
  owner: HandlerFunction<typeof teams.owner, Ctx>;
}

export function createTeamsHandler<Ctx extends QueryHandlerCtx>(ctx: Ctx): TeamsQueryHandler<Ctx>;
export function createTeamsHandler(ctx: object): unknown {
  return createModuleHandler(definition, ctx);
}

export interface TeamsQueryCaller {
  get: CallerFunction<typeof teams.get>;
  list: CallerFunction<typeof teams.list>;
  name: CallerFunction<typeof teams.name>;
  owner: CallerFunction<typeof teams.owner>;
}

export interface TeamsMutationCaller extends TeamsQueryCaller {
  create: CallerFunction<typeof teams.create>;
}

export function createTeamsCaller(ctx: MutationCallerCtx): TeamsMutationCaller;
export function createTeamsCaller(ctx: QueryCallerCtx): TeamsQueryCaller;
export function createTeamsCaller(ctx: object): unknown {
  return createModuleCaller(definition, ctx);
}
