// Checks every `ts` and `tsx` block of the docs: it quotes a file of examples/, or it type-checks in the quickstart.
// `npm run docs:check`
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { docSamples, isQuote, toModule } from './doc-samples.ts';
import type { DocSample } from './doc-samples.ts';

const root = join(import.meta.dirname, '..');
const quickstart = join(root, 'examples', 'quickstart');
/** Ignored by git and by the linter. */
const workDir = join(quickstart, '.tmp-docs');

const samples = globSync(['README.md', 'docs/**/*.md'], { cwd: root })
  .sort()
  .flatMap((file) => docSamples(file, readFileSync(join(root, file), 'utf8')));
const sources = globSync('examples/*/{src,convex,demo}/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('node_modules'))
  .map((file) => readFileSync(join(root, file), 'utf8'));
const ownCode = samples.filter(({ code }) => !sources.some((source) => isQuote(code, source)));

const problems = typeProblems(ownCode);
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(
    `\ndocs: ${problems.length} problem(s). Mend the sample, or quote a file of examples/.`,
  );
  process.exit(1);
}
console.log(
  `docs: ${samples.length} samples, ${samples.length - ownCode.length} quoted, ${ownCode.length} type-checked, no problem`,
);

/** What the compiler says of samples that are no quotes, at their places in the docs. */
function typeProblems(checked: readonly DocSample[]): string[] {
  rmSync(workDir, { recursive: true, force: true });
  const files = new Map<string, DocSample>();
  checked.forEach((sample, index) => {
    const file = join(String(index), sample.path ?? `sample.${sample.extension}`);
    files.set(file.replaceAll('\\', '/'), sample);
    write(join(workDir, file), toModule(sample.code));
  });
  write(join(workDir, 'tsconfig.json'), JSON.stringify(toConfig(checked.length)));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
    cwd: workDir,
    encoding: 'utf8',
  });
  rmSync(workDir, { recursive: true, force: true });
  return stdout.trim() === ''
    ? []
    : stdout
        .trim()
        .split('\n')
        .map((line) => atItsPlace(line, files));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Each sample stands in a folder of its own, and sees the quickstart's files as if it stood among them. */
function toConfig(count: number): object {
  const folders = Array.from({ length: count }, (_, index) => `./${index}`);
  return {
    extends: '../tsconfig.json',
    compilerOptions: { rootDirs: ['..', ...folders], noUnusedLocals: false },
    include: [...folders, '../src/**/*.d.ts', '../../../docs/*.d.ts'],
  };
}

function atItsPlace(line: string, files: ReadonlyMap<string, DocSample>): string {
  const [, file = '', number = '', rest = ''] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
  const sample = files.get(file);
  return sample === undefined
    ? line
    : `${sample.file}:${sample.line + Number(number) - 1}: ${rest}`;
}
