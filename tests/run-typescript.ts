import { createRequire } from 'node:module';
import path from 'node:path';
import { runProgram } from './run-program.ts';

const require = createRequire(import.meta.url);

/** What the pinned TypeScript prints about a project. */
export async function runTypeScript(project: string, ...options: string[]): Promise<string> {
  // By its package, since other versions that are installed have a `tsc` too.
  const { bin } = require('typescript/package.json') as { bin: { tsc: string } };
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), bin.tsc);
  const args = [tsc, '-p', project, '--pretty', 'false', ...options];
  return (await runProgram(process.execPath, args, { cwd: project })).stdout;
}
