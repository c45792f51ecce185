import { readFile } from 'node:fs/promises';

/** What the text of source files says of the types of schemas, and the schemas themselves do not. */
export interface SourceTraits {
  /** Types may be set by hand: `z.string<Color>()`, `as z.ZodType<Color>`, `const tree: z.ZodType<Tree>`. */
  isHandTyped: boolean;
  /** There is an `enum`, whose members look like strings but are types of their own. */
  hasNativeEnum: boolean;
  /** `.brand()` may be called. */
  hasBrand: boolean;
}

const HAND_TYPED =
  /\bz\.(?!(?:infer|input|output|TypeOf)\s*<)(?:\w+\.)*\w+\s*<|\b(?:Zod(?:Type|Mini|Object|Custom)|V(?:alidator|Any|Object|Union|String))\w*\s*</;
const NATIVE_ENUM = /\benum\s+[A-Za-z_$]/;
const BRAND = /\bbrand\s*[<(]/;

/** Reads the traits of a file; one that cannot be read has none. */
export async function readSourceTraits(file: string): Promise<SourceTraits> {
  const source = await readFile(file, 'utf8').catch(() => '');
  return {
    isHandTyped: HAND_TYPED.test(source),
    hasNativeEnum: NATIVE_ENUM.test(source),
    hasBrand: BRAND.test(source),
  };
}

export function mergeTraits(all: readonly (SourceTraits | undefined)[]): SourceTraits {
  return {
    isHandTyped: all.some((traits) => traits?.isHandTyped),
    hasNativeEnum: all.some((traits) => traits?.hasNativeEnum),
    hasBrand: all.some((traits) => traits?.hasBrand),
  };
}
