import path from 'node:path';
import type { StaleFile } from '../../codegen/check.ts';
import type { GenerateResult } from '../../codegen/generate.ts';
import { toPosix } from '../../project/project.ts';
import { ProjectError } from '../../project/project-error.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { codegenSummary } from './codegen-summary.ts';
import { problemText } from './problem-text.ts';

/** How the outcomes of the code generator are told; each answers with the exit code that they mean. */
export interface CodegenReport {
  run(result: GenerateResult): ExitCode;
  check(stale: readonly StaleFile[]): ExitCode;
  /** Throws what is no problem of the project. */
  problem(error: unknown): ExitCode;
}

type Terminal = Pick<CommandContext, 'stdout' | 'stderr'>;

/** For people: progress and problems on stderr, the diff of a check on stdout. */
export function textReport({ stdout, stderr }: Terminal, projectDir: string): CodegenReport {
  return {
    run(result) {
      stderr.write(`${codegenSummary(result)}\n`);
      for (const end of result.looseEnds) stderr.write(`unknown in the contract: ${end}\n`);
      return 0;
    },
    check(stale) {
      for (const { file, state, diff } of stale) {
        stdout.write(`${relativePath(projectDir, file)} (${state})\n${diff}${diff && '\n'}`);
      }
      const files = stale.length === 1 ? '1 file is' : `${stale.length} files are`;
      const outcome =
        stale.length === 0 ? 'everything is up to date' : `${files} stale. Run \`kitcn codegen\`.`;
      stderr.write(`codegen: ${outcome}\n`);
      return stale.length === 0 ? 0 : 1;
    },
    problem(error) {
      stderr.write(`kitcn codegen: ${problemText(error)}\n`);
      return 1;
    },
  };
}

/** For programs: one JSON object a line on stdout. */
export function jsonReport({ stdout }: Terminal, projectDir: string): CodegenReport {
  const print = (value: object): unknown => stdout.write(`${JSON.stringify(value)}\n`);
  const relative = (files: readonly string[]): string[] =>
    files.map((file) => relativePath(projectDir, file));
  return {
    run({ functionCount, written, unchanged, removed, looseEnds }) {
      print({
        ok: true,
        functionCount,
        written: relative(written),
        unchanged: relative(unchanged),
        removed: relative(removed),
        looseEnds,
      });
      return 0;
    },
    check(stale) {
      const files = stale.map((one) => ({ ...one, file: relativePath(projectDir, one.file) }));
      print({ ok: stale.length === 0, stale: files });
      return stale.length === 0 ? 0 : 1;
    },
    problem(error) {
      if (!(error instanceof ProjectError)) throw error;
      const { code, text, file, line, column } = error;
      print({ ok: false, error: { code, message: text, file, line, column } });
      return 1;
    },
  };
}

function relativePath(projectDir: string, file: string): string {
  return toPosix(path.relative(projectDir, file));
}
