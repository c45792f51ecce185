import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import type { BundledModule, FunctionsBundle } from './bundle.ts';
import { isPackageFile } from './source-name.ts';

/** Opens the name of each bundled module in a stack trace. */
export const MODULE_SCHEME = 'functions://';

/** A place in the user's sources; line and column count from 1. */
export interface ErrorLocation {
  /** As the source map names it: from the project folder, `/`-separated. */
  file: string;
  line: number;
  column: number;
}

const FRAME = /functions:\/\/(?<module>.+?\.js):(?<line>\d+)(?::(?<column>\d+))?/;

/** Where an error of a bundled module was made: the first frame in the user's own code, else the first of the bundle. */
export function locateError(error: unknown, bundle: FunctionsBundle): ErrorLocation | null {
  let fallback: ErrorLocation | null = null;
  for (const line of stackOf(error).split('\n')) {
    const location = locateFrame(line, bundle);
    if (location === null) continue;
    if (!isPackageFile(location.file)) return location;
    fallback ??= location;
  }
  return fallback;
}

/** The frames of an error inside the bundle, in the user's sources: `    at handler (convex/teams.ts:12:5)`. */
export function mapFrames(error: unknown, bundle: FunctionsBundle): string[] {
  return stackOf(error)
    .split('\n')
    .flatMap((line) => (isFrame(line) ? (mapFrame(line, bundle) ?? []) : []));
}

/**
 * A text with stack traces in it, as a console prints errors, with the user's sources in their frames. Frames outside
 * of the bundle go: they are the same for all errors.
 */
export function mapTraces(text: string, bundle: FunctionsBundle): string {
  if (!text.includes(MODULE_SCHEME)) return text;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const mapped = isFrame(line) ? mapFrame(line, bundle) : line;
    // Opens the fields of an error, after its last frame.
    const end = isFrame(line) && line.endsWith(' {') ? ' {' : '';
    if (mapped === null) lines.push(`${lines.pop() ?? ''}${end}`);
    else lines.push(mapped + end);
  }
  return lines.join('\n');
}

const isFrame = (line: string): boolean => /^\s+at /.test(line);

/** Null for a frame outside of the bundle, and in Convex's own library, which is the same in every trace. */
function mapFrame(frame: string, bundle: FunctionsBundle): string | null {
  const location = locateFrame(frame, bundle);
  if (location === null || location.file.includes('node_modules/convex/')) return null;
  const { indent = '', name } =
    /^(?<indent>\s+)at (?:async )?(?:(?<name>.*) \()?/.exec(frame)?.groups ?? {};
  const place = `${location.file}:${location.line}:${location.column}`;
  return name === undefined ? `${indent}at ${place}` : `${indent}at ${name} (${place})`;
}

function stackOf(error: unknown): string {
  // Errors of another realm are no instances of this realm's Error.
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? error.stack : '';
  return typeof stack === 'string' ? stack : '';
}

function locateFrame(frame: string, bundle: FunctionsBundle): ErrorLocation | null {
  const { module: name, line, column } = FRAME.exec(frame)?.groups ?? {};
  if (name === undefined) return null;
  const generated = { file: name, line: Number(line), column: Number(column ?? 1) };
  const module = bundle.modules.find((candidate) => candidate.path === name);
  const map = module === undefined ? null : sourceMapOf(module);
  const origin = map?.findOrigin(generated.line, generated.column);
  if (origin === undefined || !('fileName' in origin)) return generated;
  return { file: origin.fileName, line: origin.lineNumber, column: origin.columnNumber };
}

const sourceMaps = new WeakMap<BundledModule, SourceMap>();

function sourceMapOf(module: BundledModule): SourceMap | null {
  if (module.sourceMap === null) return null;
  let map = sourceMaps.get(module);
  if (map === undefined) {
    // Written by the bundler, so its shape is known.
    map = new SourceMap(JSON.parse(module.sourceMap) as SourceMapPayload);
    sourceMaps.set(module, map);
  }
  return map;
}
