import { isFieldName } from './field-name.ts';
import type { Places } from './sorted-fields.ts';
import { looksLikeTag, escapeKey } from './tag.ts';

/** Past so many, the known names are forgotten: records whose names are data would fill the memory. */
const MAX_KNOWN = 10_000;

/**
 * The names of an object's fields, in the order that JavaScript lists them, up to the last one. Objects with the same
 * names lead to the same node, so what can be said of names alone is worked out once, not for every row.
 */
export class FieldNames {
  /** The last name. */
  readonly name: string;
  /** The names before it; `undefined` where there is no name yet. */
  readonly before: FieldNames | undefined;
  /** Whether the last name can be sent. */
  readonly isSendable: boolean;
  /** Whether the last name says more than itself when it arrives: a tag, Convex's own `$…`, or none that can be. */
  readonly isSpecial: boolean;
  /** Whether Convex's JSON has the fields in this very order, each under its own name. */
  readonly isInOrder: boolean;
  /** The last name as it is sent. */
  readonly sentName: string;
  /** All names as they are sent, sorted, once they were met out of order. */
  sorted: readonly string[] | undefined;
  /** Where this is the first name out of order: the places for the fields of such objects. */
  places: Places | undefined;
  /** The places that are known to have one for each of the names. */
  fits: Places | undefined;
  #next: FieldNames | undefined;
  #others: Map<string, FieldNames> | undefined;

  constructor(name: string, before: FieldNames | undefined) {
    this.name = name;
    this.before = before;
    this.isSendable = isFieldName(name);
    this.isSpecial = looksLikeTag(name) || (!this.isSendable && name !== '');
    // JavaScript lists names of digits first, whatever their order; those are left to the general case.
    const isNext = before === undefined || (before.isInOrder && name > before.name);
    this.isInOrder = isNext && !looksLikeTag(name) && !/^\d/.test(name);
    this.sentName = escapeKey(name);
  }

  /** The names with one more. */
  after(name: string): FieldNames {
    const next = this.#next;
    if (next !== undefined && next.name === name) return next;
    return (this.#next = this.#others?.get(name) ?? this.#add(name));
  }

  #add(name: string): FieldNames {
    const node = new FieldNames(name, this);
    (this.#others ??= new Map()).set(name, node);
    if (++known > MAX_KNOWN) {
      known = 0;
      root = new FieldNames('', undefined);
    }
    return node;
  }
}

let known = 0;
let root = new FieldNames('', undefined);

/** Where the names of an object begin. */
export function noFieldNames(): FieldNames {
  return root;
}
