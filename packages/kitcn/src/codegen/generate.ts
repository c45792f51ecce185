import { Generator } from './generator.ts';
import type { GenerateOptions, GenerateResult } from './generator.ts';

export type { GenerateOptions, GenerateResult } from './generator.ts';

/**
 * Brings all generated files of a project up to date, once. Throws a `ProjectError` that names file and line when a
 * module does not load, and leaves the files as they were.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  await using generator = new Generator(options);
  return await generator.run();
}
