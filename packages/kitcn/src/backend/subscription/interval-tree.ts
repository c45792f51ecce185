import { must } from '../../shared/assert.ts';
import type { KeyInterval } from '../index/key-interval.ts';

/** A place in a tree: an interval, and whose it is. */
export interface TreeNode<Owner> {
  readonly interval: KeyInterval;
  readonly owner: Owner;
  /** Tells equal intervals apart. */
  readonly order: number;
  /** In a heap by random priorities a tree is shallow, whatever order its nodes come in. */
  readonly priority: number;
  left: TreeNode<Owner> | null;
  right: TreeNode<Owner> | null;
  /** The latest end of an interval in this part of the tree. */
  lastEnd: Uint8Array;
}

/** Intervals of keys, found by a key in them in logarithmic time: a treap by start that knows its latest ends. */
export class IntervalTree<Owner> {
  #root: TreeNode<Owner> | null = null;
  #lastOrder = 0;

  get isEmpty(): boolean {
    return this.#root === null;
  }

  add(interval: KeyInterval, owner: Owner): TreeNode<Owner> {
    this.#lastOrder += 1;
    const node: TreeNode<Owner> = {
      interval,
      owner,
      order: this.#lastOrder,
      priority: Math.random(),
      left: null,
      right: null,
      lastEnd: interval.end,
    };
    this.#root = insert(this.#root, node);
    return node;
  }

  /** `node` must be in the tree. */
  remove(node: TreeNode<Owner>): void {
    this.#root = remove(this.#root, node);
  }

  /** Calls `visit` for each interval that holds `key`. The tree must not change meanwhile. */
  find(key: Uint8Array, visit: (owner: Owner) => void): void {
    findIn(this.#root, key, visit);
  }
}

function findIn<Owner>(
  node: TreeNode<Owner> | null,
  key: Uint8Array,
  visit: (owner: Owner) => void,
): void {
  if (node === null || Buffer.compare(node.lastEnd, key) <= 0) return;
  findIn(node.left, key, visit);
  if (Buffer.compare(node.interval.start, key) > 0) return;
  if (Buffer.compare(key, node.interval.end) < 0) visit(node.owner);
  findIn(node.right, key, visit);
}

function insert<Owner>(tree: TreeNode<Owner> | null, node: TreeNode<Owner>): TreeNode<Owner> {
  if (tree === null) return node;
  if (node.priority > tree.priority) {
    const [before, after] = split(tree, node);
    node.left = before;
    node.right = after;
    return update(node);
  }
  if (compare(node, tree) < 0) tree.left = insert(tree.left, node);
  else tree.right = insert(tree.right, node);
  return update(tree);
}

type Parts<Owner> = [before: TreeNode<Owner> | null, after: TreeNode<Owner> | null];

function split<Owner>(tree: TreeNode<Owner> | null, at: TreeNode<Owner>): Parts<Owner> {
  if (tree === null) return [null, null];
  if (compare(tree, at) < 0) {
    const [before, after] = split(tree.right, at);
    tree.right = before;
    return [update(tree), after];
  }
  const [before, after] = split(tree.left, at);
  tree.left = after;
  return [before, update(tree)];
}

function remove<Owner>(
  tree: TreeNode<Owner> | null,
  node: TreeNode<Owner>,
): TreeNode<Owner> | null {
  if (tree === node) return join(node.left, node.right);
  const parent = must(tree, 'the node is in the tree');
  if (compare(node, parent) < 0) parent.left = remove(parent.left, node);
  else parent.right = remove(parent.right, node);
  return update(parent);
}

function join<Owner>(
  before: TreeNode<Owner> | null,
  after: TreeNode<Owner> | null,
): TreeNode<Owner> | null {
  if (before === null) return after;
  if (after === null) return before;
  if (before.priority > after.priority) {
    before.right = join(before.right, after);
    return update(before);
  }
  after.left = join(before, after.left);
  return update(after);
}

function update<Owner>(node: TreeNode<Owner>): TreeNode<Owner> {
  let last = node.interval.end;
  for (const child of [node.left, node.right]) {
    if (child !== null && Buffer.compare(child.lastEnd, last) > 0) last = child.lastEnd;
  }
  node.lastEnd = last;
  return node;
}

function compare<Owner>(left: TreeNode<Owner>, right: TreeNode<Owner>): number {
  return Buffer.compare(left.interval.start, right.interval.start) || left.order - right.order;
}
