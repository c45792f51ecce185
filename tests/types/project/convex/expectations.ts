// What must hold in every version of TypeScript; a failure is a compile error.
import type { GenericDataModel } from 'convex/server';
import type { GenericActionCtx, GenericMutationCtx, GenericQueryCtx } from 'convex/server';
import type {
  GenericActionCtx as OldActionCtx,
  GenericDataModel as OldModel,
  GenericMutationCtx as OldMutationCtx,
  GenericQueryCtx as OldQueryCtx,
} from 'convex-1.42/server';
import type {
  ActionCallerCtx,
  inferInput,
  inferOutput,
  MutationCallerCtx,
  MutationHandlerCtx,
  QueryCallerCtx,
  QueryHandlerCtx,
} from 'kitcn/server';
import type * as teams from './teams.ts';
import type * as users from './users.ts';

/** `true` for the very same type; `any` is the same as nothing but itself. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Fits<A, B> = [A] extends [B] ? true : false;

function holds<_Fact extends true>(): void {}

// Modules that compose themselves and each other are inferred, with no `any`.
holds<Same<inferOutput<typeof teams.name>, string | null>>();
holds<Same<inferOutput<typeof teams.owner>['at'], Date>>();
holds<Same<NonNullable<inferOutput<typeof teams.owner>['user']>['name'], string>>();
holds<Same<inferOutput<typeof users.teams>, string[]>>();
holds<Same<inferOutput<typeof teams.list>['page'][number]['createdAt'], Date>>();
holds<Same<inferInput<typeof users>['get'], { id: string }>>();
holds<Same<inferInput<typeof teams.list>['cursor'], string | null | undefined>>();

// Contexts of the oldest and of the newest Convex.
type Model = GenericDataModel;
holds<Fits<GenericQueryCtx<Model>, QueryCallerCtx & QueryHandlerCtx>>();
holds<Fits<GenericMutationCtx<Model>, MutationCallerCtx & MutationHandlerCtx>>();
holds<Fits<GenericActionCtx<Model>, ActionCallerCtx>>();
holds<Fits<OldQueryCtx<OldModel>, QueryCallerCtx & QueryHandlerCtx>>();
holds<Fits<OldMutationCtx<OldModel>, MutationCallerCtx & MutationHandlerCtx>>();
holds<Fits<OldActionCtx<OldModel>, ActionCallerCtx>>();
holds<Same<Fits<OldQueryCtx<OldModel>, MutationCallerCtx>, false>>();
holds<Same<Fits<OldMutationCtx<OldModel>, ActionCallerCtx>, false>>();
holds<Same<Fits<OldActionCtx<OldModel>, QueryHandlerCtx>, false>>();
