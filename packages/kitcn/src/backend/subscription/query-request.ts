import { createHash } from 'node:crypto';
import type { JSONValue } from 'convex/values';
import type { UserIdentity } from '../functions/function-host.ts';

/** A query as someone asks for it. */
export interface QueryRequest {
  /** `folder/module:export` */
  readonly path: string;
  readonly args: JSONValue;
  readonly identity: UserIdentity | null;
  readonly isAdmin: boolean;
  readonly journal: string | null;
}

/** Under what the result of a query is kept. */
export interface QueryKeys {
  /** The same for everybody: for results of functions that did not look at the identity. */
  readonly shared: string;
  /** With the identity, or that there is none. */
  readonly own: string;
}

export function keysOf({ path, args, identity, isAdmin, journal }: QueryRequest): QueryKeys {
  const shared = JSON.stringify([path, args, isAdmin, journal]);
  return { shared, own: `${shared} ${JSON.stringify(identity)}` };
}

const LARGEST_HASH = 2 ** 51;
const FIRST_ID = -(2 ** 51);

/**
 * The number of a watched query on the activity board. It follows from the query itself, so that the query is known
 * again by a new thread after the old one was lost to it. Far below the numbers of scheduled jobs.
 */
export function activityIdOf({ own }: QueryKeys): number {
  const hash = createHash('sha1').update(own).digest().readUIntBE(0, 6);
  return FIRST_ID - (hash % LARGEST_HASH);
}

export function isWatchedQuery(activityId: number): boolean {
  return activityId <= FIRST_ID && activityId > FIRST_ID - LARGEST_HASH;
}
