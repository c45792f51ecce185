import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A project folder of a test, gone when it is disposed. */
export interface TemporaryProject extends AsyncDisposable {
  root: string;
  /** Writes files, named by their path from the project folder; `null` removes one. */
  write(files: Readonly<Record<string, string | null>>): Promise<void>;
}

/** Inside this package, so that `convex`, `zod` and `kitcn` resolve as in a real project. */
const PREFIX = fileURLToPath(new URL('../../.kitcn-test-', import.meta.url));

/** For tests: makes a project folder that holds the given files. */
export async function temporaryProject(
  files: Readonly<Record<string, string>>,
): Promise<TemporaryProject> {
  const root = await mkdtemp(PREFIX);
  const write: TemporaryProject['write'] = async (changes) => {
    for (const [name, text] of Object.entries(changes)) {
      const file = path.join(root, name);
      await mkdir(path.dirname(file), { recursive: true });
      await (text === null ? rm(file) : writeFile(file, text));
    }
  };
  await write({ 'convex.json': '{ "functions": "convex/functions/" }', ...files });
  return {
    root,
    write,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
