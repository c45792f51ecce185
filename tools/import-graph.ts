import { posix } from 'node:path';
import { moduleImports } from './module-imports.ts';

/** One import, its target resolved: a file of the graph, `null` for a package or a module of Node. */
export interface Edge {
  specifier: string;
  isType: boolean;
  target: string | null;
}

/** Files, `room/name.ts`, with what each imports. */
export type ImportGraph = ReadonlyMap<string, readonly Edge[]>;

/** The import graph of source texts by path. */
export function importGraph(sources: ReadonlyMap<string, string>): ImportGraph {
  const graph = new Map<string, Edge[]>();
  for (const [file, source] of sources) {
    const edges = moduleImports(source).map(({ specifier, isType }) => {
      const isRelative = specifier.startsWith('.');
      const target = isRelative ? posix.join(posix.dirname(file), specifier) : null;
      return { specifier, isType, target };
    });
    graph.set(file, edges);
  }
  return graph;
}

/** The value imports of a file inside the graph. */
export function valueTargets(graph: ImportGraph, file: string): string[] {
  const targets: string[] = [];
  for (const edge of graph.get(file) ?? []) {
    if (!edge.isType && edge.target !== null) targets.push(edge.target);
  }
  return targets;
}

/** Every file that `start` loads, each with the way there: `start`, …, the file. */
export function reach(graph: ImportGraph, start: string): Map<string, string[]> {
  const ways = new Map([[start, [start]]]);
  for (const [file, way] of ways) {
    for (const target of valueTargets(graph, file)) {
      if (!ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return ways;
}

/** Cycles of value imports, one for each group of files that load each other; the first file is repeated at the end. */
export function valueCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const file of graph.keys()) {
    if (seen.has(file)) continue;
    const cycle = shortestCycle(graph, file);
    if (cycle === null) continue;
    for (const member of cycle) seen.add(member);
    cycles.push(cycle);
  }
  return cycles;
}

function shortestCycle(graph: ImportGraph, file: string): string[] | null {
  for (const [member, way] of reach(graph, file)) {
    if (valueTargets(graph, member).includes(file)) return [...way, file];
  }
  return null;
}
