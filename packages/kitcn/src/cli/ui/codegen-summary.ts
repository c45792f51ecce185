import type { GenerateResult } from '../../codegen/generate.ts';

/** One line: `codegen: 12 functions, 3 files written`. */
export function codegenSummary({ functionCount, written, removed }: GenerateResult): string {
  const parts = [count(functionCount, 'function')];
  if (written.length > 0) parts.push(`${count(written.length, 'file')} written`);
  if (removed.length > 0) parts.push(`${count(removed.length, 'file')} removed`);
  if (parts.length === 1) parts.push('nothing to write');
  return `codegen: ${parts.join(', ')}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
