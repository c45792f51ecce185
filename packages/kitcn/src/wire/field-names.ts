import { isFieldName } from './field-name.ts';
import { looksLikeTag, escapeKey } from './tag.ts';

/** Past so many, the known names are forgotten: records whose names are data would fill the memory. */
const MAX_KNOWN = 10_000;

/** A name as users hold it and as it is sent. */
interface SentName {
  readonly name: string;
  readonly sentName: string;
  readonly unsortedIndex: number;
}

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
  /** The place of the last name among those from the first on that is out of order; -1 before. */
  readonly unsortedIndex: number;
  #next: FieldNames | undefined;
  #others: Map<string, FieldNames> | undefined;
  #sentNames: readonly SentName[] | undefined;

  constructor(name: string, before: FieldNames | undefined) {
    this.name = name;
    this.before = before;
    this.isSendable = isFieldName(name);
    this.isSpecial = looksLikeTag(name) || (!this.isSendable && name !== '');
    // JavaScript lists names of digits first, whatever their order; those are left to the general case.
    const isNext = before === undefined || (before.isInOrder && name > before.name);
    this.isInOrder = isNext && !looksLikeTag(name) && !/^\d/.test(name);
    this.unsortedIndex = this.isInOrder ? -1 : (before?.unsortedIndex ?? -1) + 1;
  }

  /** The names with one more. */
  after(name: string): FieldNames {
    const next = this.#next;
    if (next !== undefined && next.name === name) return next;
    return (this.#next = this.#others?.get(name) ?? this.#add(name));
  }

  /** All names in the order of Convex's JSON: sorted as they are sent. */
  get sentNames(): readonly SentName[] {
    return (this.#sentNames ??= sortNames(this));
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

function sortNames(names: FieldNames): readonly SentName[] {
  const sorted: SentName[] = [];
  // Not by recursion: a record may have more names than the stack has room.
  for (let node = names; node.before !== undefined; node = node.before) {
    const { name, unsortedIndex } = node;
    sorted.push({ name, sentName: escapeKey(name), unsortedIndex });
  }
  return sorted.sort((a, b) => (a.sentName < b.sentName ? -1 : 1));
}

let known = 0;
let root = new FieldNames('', undefined);

/** Where the names of an object begin. */
export function noFieldNames(): FieldNames {
  return root;
}
