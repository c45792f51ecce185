import type { TypeOf } from '../shared/type-procedure.ts';

/** What callers pass: to one procedure or leaf of `api`, or by name to all of a module or of `api`. */
export type inferInput<T> = Infer<T, 'input'>;

/** What callers receive: of one procedure or leaf of `api`, or by name of all of a module or of `api`. */
export type inferOutput<T> = Infer<T, 'output'>;

/** By code, the data of the errors that one procedure or leaf of `api` declares, or those of a module or of `api`. */
export type inferErrors<T> = Infer<T, 'errors'>;

type Side = 'input' | 'output' | 'errors';

type Infer<T, S extends Side> = T extends { readonly '~crpc': { readonly types?: infer Types } }
  ? SideOf<NonNullable<Types>, S>
  : T extends { readonly isConvexFunction: true }
    ? TypeOf<T, S>
    : { [K in keyof T as HasFunctions<T[K]> extends true ? K : never]: Infer<T[K], S> };

/** Modules export more than functions: that is left out. */
type HasFunctions<T> = T extends { readonly isConvexFunction: true }
  ? true
  : T extends (...args: never[]) => unknown
    ? false
    : T extends object
      ? true
      : false;

type SideOf<Types, S extends Side> = S extends keyof Types ? Types[S] : never;
