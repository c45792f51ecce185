import { reach, valueCycles } from './import-graph.ts';
import type { ImportGraph } from './import-graph.ts';
import { LEVELS, LIBRARY_ENTRIES, ROOMS_WITHOUT_NODE, SIDE_DOORS, TOOL_ROOMS } from './rooms.ts';

/** Everything in an import graph that the layout of the house forbids, each with the way to mend it. */
export function layerProblems(graph: ImportGraph): string[] {
  return [
    ...unknownRooms(graph),
    ...forbiddenEdges(graph),
    ...nodeImports(graph),
    ...valueCycles(graph).map(
      (cycle) =>
        `${cycle.join(' -> ')}: these files load each other.\n  Move what they share into a file of its own, or import only the type.`,
    ),
    ...LIBRARY_ENTRIES.flatMap((entry) => forbiddenReach(graph, entry)),
  ];
}

function roomOf(file: string): string {
  return file.slice(0, Math.max(0, file.indexOf('/')));
}

function unknownRooms(graph: ImportGraph): string[] {
  const rooms = new Set([...graph.keys()].map(roomOf));
  return [...rooms]
    .filter((room) => LEVELS[room] === undefined)
    .map((room) => `src/${room}: not a room.\n  Give it a level in tools/rooms.ts.`);
}

function forbiddenEdges(graph: ImportGraph): string[] {
  const problems: string[] = [];
  for (const [file, edges] of graph) {
    for (const { specifier, target } of edges) {
      if (target === null) continue;
      if (!graph.has(target)) problems.push(`${file} imports ${specifier}: no such file.`);
      else if (!mayImport(roomOf(file), roomOf(target))) problems.push(upwardImport(file, target));
    }
  }
  return problems;
}

function mayImport(from: string, to: string): boolean {
  if (from === to || SIDE_DOORS[from]?.includes(to)) return true;
  return (LEVELS[to] ?? Infinity) < (LEVELS[from] ?? -Infinity);
}

function upwardImport(file: string, target: string): string {
  const [from, to] = [roomOf(file), roomOf(target)];
  return (
    `${file} imports ${target}: "${from}" (level ${LEVELS[from]}) may not know "${to}" (level ${LEVELS[to]}).\n` +
    `  Hand the thing over as an argument, or move it to a room below both.`
  );
}

function nodeImports(graph: ImportGraph): string[] {
  const problems: string[] = [];
  for (const [file, edges] of graph) {
    if (!ROOMS_WITHOUT_NODE.includes(roomOf(file))) continue;
    for (const { specifier } of edges) {
      if (specifier.startsWith('node:')) problems.push(nodeImport([file], specifier));
    }
  }
  return problems;
}

function nodeImport(way: readonly string[], specifier: string): string {
  return `${way.join(' -> ')} -> ${specifier}: this code also runs where Node is not.\n  Use a web standard, or take what is needed as an argument.`;
}

function forbiddenReach(graph: ImportGraph, entry: string): string[] {
  const problems: string[] = [];
  for (const [file, way] of graph.has(entry) ? reach(graph, entry) : []) {
    if (TOOL_ROOMS.includes(roomOf(file))) {
      problems.push(
        `${way.join(' -> ')}: a library entry loads "${roomOf(file)}".\n  Import only types from there, or move the shared part to a lower room.`,
      );
    }
    for (const { specifier, isType } of graph.get(file) ?? []) {
      if (!isType && specifier.startsWith('node:')) problems.push(nodeImport(way, specifier));
    }
  }
  return problems;
}
