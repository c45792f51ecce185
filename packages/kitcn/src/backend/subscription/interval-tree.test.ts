import { expect, test } from 'vitest';
import { SeededRandom } from '../functions/seeded-random.ts';
import { IntervalTree } from './interval-tree.ts';
import type { TreeNode } from './interval-tree.ts';

const interval = (start: number, end: number) => ({
  start: Uint8Array.of(start),
  end: Uint8Array.of(end),
});

function find(tree: IntervalTree<number>, key: number): number[] {
  const found: number[] = [];
  tree.find(Uint8Array.of(key), (owner) => found.push(owner));
  return found.sort((left, right) => left - right);
}

test('an interval holds its start and not its end; equal ones are kept apart', () => {
  const tree = new IntervalTree<number>();
  const first = tree.add(interval(2, 4), 1);
  tree.add(interval(2, 4), 2);
  expect([1, 2, 3, 4].map((key) => find(tree, key))).toEqual([[], [1, 2], [1, 2], []]);
  tree.remove(first);
  expect(find(tree, 2)).toEqual([2]);
});

test('finds what a search of everything finds, whatever was added and removed', () => {
  const random = new SeededRandom(Buffer.alloc(32, 7));
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const tree = new IntervalTree<number>();
  const nodes = new Map<number, TreeNode<number>>();
  for (let step = 0; step < 3_000; step++) {
    const [someone] = [...nodes].slice(below(Math.max(nodes.size, 1)));
    if (someone !== undefined && random.next() < 0.45) {
      tree.remove(someone[1]);
      nodes.delete(someone[0]);
    } else {
      const start = below(250);
      nodes.set(step, tree.add(interval(start, start + 1 + below(255 - start)), step));
    }
    const key = below(256);
    const expected = [...nodes]
      .filter(
        ([, node]) => (node.interval.start[0] ?? 0) <= key && key < (node.interval.end[0] ?? 0),
      )
      .map(([owner]) => owner);
    expect(find(tree, key)).toEqual(expected);
  }
  for (const node of nodes.values()) tree.remove(node);
  expect(tree.isEmpty).toBe(true);
});
