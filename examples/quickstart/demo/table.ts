const TITLES = ['what was called', 'through', 'what came back', 'ms'] as const;
const WIDTHS = [44, 30, 56, 6] as const;

export type Row = readonly [called: string, through: string, cameBack: string, ms: string];

export function printHeader(): void {
  console.log(toLine(TITLES));
  console.log(WIDTHS.map((width) => '─'.repeat(width)).join('  '));
}

export function printRow(row: Row): void {
  console.log(toLine(row));
}

function toLine(cells: Row): string {
  return cells.map((cell, column) => fit(cell, WIDTHS[column] ?? 0)).join('  ');
}

function fit(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);
}
