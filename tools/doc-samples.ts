/** A fenced block of TypeScript in a Markdown file. */
export interface DocSample {
  /** The Markdown file. */
  file: string;
  /** Number of its first line of code, from 1. */
  line: number;
  extension: 'ts' | 'tsx';
  /** The file that it says it is, in a first line such as `// src/app.ts`. */
  path: string | undefined;
  /** Without that line. */
  code: string;
}

const FENCE = /^```(ts|tsx)\n([\s\S]*?)^```$/gm;
const PATH = /^\/\/ ([\w./[\]-]+\.tsx?)\n\n?/;

/** The samples of a Markdown text, in order. */
export function docSamples(file: string, markdown: string): DocSample[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const [whole, extension, block = ''] = match;
    const [header = '', path] = PATH.exec(block) ?? [];
    const before = markdown.slice(0, match.index + whole.indexOf('\n') + 1) + header;
    return {
      file,
      line: before.split('\n').length,
      extension: extension === 'tsx' ? 'tsx' : 'ts',
      path,
      code: block.slice(header.length),
    };
  });
}

/** Whether a sample is the whole of a source text, or lines of it, at any indentation. */
export function isQuote(code: string, source: string): boolean {
  const lines = toLines(code);
  const sourceLines = source.split('\n');
  for (let start = 0; start + lines.length <= sourceLines.length; start++) {
    if (isAt(sourceLines, start, lines)) return true;
  }
  return false;
}

function isAt(sourceLines: readonly string[], start: number, lines: readonly string[]): boolean {
  const first = sourceLines[start] ?? '';
  if (!first.endsWith(lines[0] ?? '')) return false;
  const indent = first.slice(0, first.length - (lines[0]?.length ?? 0));
  return lines.every((line, index) => {
    const sourceLine = sourceLines[start + index];
    return sourceLine === (line === '' ? '' : indent + line);
  });
}

function toLines(code: string): string[] {
  return code.replace(/\n+$/, '').split('\n');
}

const IMPORT = /^import [\s\S]*?;$/gm;

/**
 * The sample as a module: code without exports is the body of a function, where it may `await` and `return`. Every line
 * keeps its number.
 */
export function toModule(code: string): string {
  if (/^export /m.test(code)) return code;
  const imports = [...code.matchAll(IMPORT)];
  const last = imports.at(-1);
  const end = last === undefined ? 0 : last.index + last[0].length;
  return `${code.slice(0, end)} export async function sample(): Promise<unknown> {${code.slice(end)}\nreturn; }\n`;
}
