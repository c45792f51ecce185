import { indexKeyOf } from '../index/index-key.ts';
import type { Index } from '../storage/catalog.ts';
import type { ReadIntervals } from '../transaction/read-set.ts';
import type { ChangeSet, DocumentChange } from '../transaction/transaction.ts';
import { IntervalTree } from './interval-tree.ts';
import type { TreeNode } from './interval-tree.ts';

/** Something that depends on what was read. */
export interface Reader {
  readonly intervals: ReadIntervals;
  readonly missedTable: boolean;
}

/** Finds out which readers a commit concerns, at a cost that does not grow with those that it does not concern. */
export class RangeIndex<Owner extends Reader> {
  readonly #trees = new Map<number, IntervalTree<Owner>>();
  readonly #nodes = new Map<Owner, [indexId: number, node: TreeNode<Owner>][]>();
  readonly #missingTable = new Set<Owner>();

  add(owner: Owner): void {
    const nodes: [number, TreeNode<Owner>][] = [];
    for (const [indexId, intervals] of owner.intervals) {
      const tree = this.#treeOf(indexId);
      for (const interval of intervals) nodes.push([indexId, tree.add(interval, owner)]);
    }
    this.#nodes.set(owner, nodes);
    if (owner.missedTable) this.#missingTable.add(owner);
  }

  remove(owner: Owner): void {
    for (const [indexId, node] of this.#nodes.get(owner) ?? []) {
      const tree = this.#treeOf(indexId);
      tree.remove(node);
      if (tree.isEmpty) this.#trees.delete(indexId);
    }
    this.#nodes.delete(owner);
    this.#missingTable.delete(owner);
  }

  owners(): Owner[] {
    return [...this.#nodes.keys()];
  }

  /** All that read what the commit changed. */
  touchedBy({ documents, createdTable }: ChangeSet): Set<Owner> {
    const touched = new Set<Owner>(createdTable ? this.#missingTable : []);
    if (this.#trees.size === 0) return touched;
    for (const change of documents) {
      for (const index of change.table.indexes.values()) {
        const tree = this.#trees.get(index.id);
        if (tree === undefined) continue;
        for (const key of keysOf(change, index)) tree.find(key, (owner) => touched.add(owner));
      }
    }
    return touched;
  }

  #treeOf(indexId: number): IntervalTree<Owner> {
    let tree = this.#trees.get(indexId);
    if (tree === undefined) {
      tree = new IntervalTree();
      this.#trees.set(indexId, tree);
    }
    return tree;
  }
}

/** Whether one reader, which is in no index, read what a commit changed. */
export function isTouchedBy(reader: Reader, { documents, createdTable }: ChangeSet): boolean {
  if (createdTable && reader.missedTable) return true;
  return documents.some((change) =>
    Array.from(change.table.indexes.values()).some((index) => {
      const intervals = reader.intervals.get(index.id);
      if (intervals === undefined) return false;
      const keys = keysOf(change, index);
      return intervals.some(({ start, end }) =>
        keys.some((key) => Buffer.compare(start, key) <= 0 && Buffer.compare(key, end) < 0),
      );
    }),
  );
}

/** Where a document was and where it is: at the same place it still has another content. */
function keysOf({ before, after }: DocumentChange, index: Index): Uint8Array[] {
  const keys: Uint8Array[] = [];
  if (before !== null) keys.push(indexKeyOf(before.document, index.paths));
  if (after !== null) keys.push(indexKeyOf(after, index.paths));
  return keys;
}
