/** The name that was probably meant: the closest one, if it is at most two edits away. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = 3;
  for (const name of names) {
    const distance = editDistance(typed, name);
    if (distance >= nearestDistance || distance >= name.length) continue;
    nearest = name;
    nearestDistance = distance;
  }
  return nearest;
}

/** Insertions, deletions and replacements between two words (Levenshtein), one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      const removed = (row[column] ?? 0) + 1;
      const inserted = (next[column - 1] ?? 0) + 1;
      next.push(Math.min(replaced, removed, inserted));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
