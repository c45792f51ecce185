import type { FieldNames } from './field-names.ts';

/** An object with names in the order of Convex's JSON and `undefined` in all of them, which `JSON.stringify` leaves out. */
export type Places = Readonly<Record<string, undefined>>;

/** Past so many, an object is none of fields that somebody named. */
const MOST_PLACES = 100;

/**
 * Puts together an object whose fields come out of order. It starts with places for all fields that such objects had: to
 * fill them is faster than to add fields, and rows mostly have the fields, or some of the fields, of rows before.
 */
export class SortedFields {
  readonly fields: Record<string, unknown>;
  readonly #unsorted: FieldNames;
  readonly #places: Places | undefined;

  /** `unsorted` ends with the first name that is out of order; `before` has the fields up to it. */
  constructor(unsorted: FieldNames, before: Readonly<Record<string, unknown>>) {
    this.#unsorted = unsorted;
    this.#places = unsorted.places;
    this.fields = { ...this.#places };
    for (let node = unsorted.before; node?.before !== undefined; node = node.before) {
      this.fields[node.name] = before[node.name];
    }
  }

  /** The object, when all fields are there, and `names` are theirs. */
  end(names: FieldNames): Readonly<Record<string, unknown>> {
    if (this.#places !== undefined && names.fits === this.#places) return this.fields;
    const isKnown = names.sorted !== undefined;
    const sorted = (names.sorted ??= sortNames(names));
    if (isKnown && sorted.length <= MOST_PLACES) {
      names.fits = toPlaces(sorted, this.#places);
      this.#unsorted.places = names.fits;
    }
    const result: Record<string, unknown> = {};
    for (const name of sorted) result[name] = this.fields[name];
    return result;
  }
}

function sortNames(names: FieldNames): readonly string[] {
  const all: string[] = [];
  // Not by recursion: a record may have more names than the stack has room.
  for (let node = names; node.before !== undefined; node = node.before) all.push(node.sentName);
  return all.sort();
}

/** For `names`, and for those that had a place before unless they are the greater part. */
function toPlaces(names: readonly string[], before: Places = {}): Places {
  const all = new Set([...names, ...Object.keys(before)]);
  if (all.size === Object.keys(before).length) return before;
  const sorted = [...(all.size > 2 * names.length ? names : all)].sort();
  const fields = sorted.map((name) => `${JSON.stringify(name)}:null`);
  // Parsed, an object is fast with any number of fields; with so many put into it one by one, V8 makes a hash table of it.
  const places = JSON.parse(`{${fields.join()}}`) as Record<string, unknown>;
  // What a field has held tells the engine what to expect in it: anything.
  for (const name of sorted) {
    for (const sample of [0, undefined]) places[name] = sample;
  }
  return places as Places;
}
