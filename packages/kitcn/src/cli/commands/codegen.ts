import { once } from 'node:events';
import path from 'node:path';
import type { GenerateOptions } from '../../codegen/generate.ts';
import { UsageError } from '../command-error.ts';
import { defineCommand } from '../command.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { readProjectEnv } from '../project-env.ts';
import { PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';
import { jsonReport, textReport } from '../ui/codegen-report.ts';
import type { CodegenReport } from '../ui/codegen-report.ts';

/** `kitcn codegen` */
export const codegenCommand: Command = defineCommand({
  name: 'codegen',
  summary: 'Generate the typed api, the runtime files and what Convex itself would generate',
  arguments: {},
  options: {
    check: { type: 'boolean', summary: 'Write nothing; fail and show a diff if files are stale' },
    watch: { type: 'boolean', summary: 'Generate again at each change, until interrupted' },
    contract: {
      type: 'string',
      summary: 'Write the public api for other packages too: dist/contract.d.ts',
      value: 'file',
    },
    'project-dir': PROJECT_DIR_OPTION,
    json: { type: 'boolean', summary: 'Print one JSON object instead of text' },
  },
  async run(context, { options }) {
    if (options.check && options.watch) throw new UsageError('Use --check or --watch, not both.');
    const projectDir = projectDirOf(context.cwd, options['project-dir']);
    const project = {
      projectDir,
      env: await readProjectEnv(projectDir, context.env),
      contract: await contractFile(projectDir, options.contract),
    };
    const createReport = options.json ? jsonReport : textReport;
    const report = createReport(context, projectDir);
    if (options.watch) return watch(context, project, report);
    return options.check ? check(project, report) : generateOnce(project, report);
  },
});

async function contractFile(
  projectDir: string,
  given: string | undefined,
): Promise<string | undefined> {
  if (given === undefined) return undefined;
  // Loaded only here: neither the help nor `kitcn run` should wait for the generator.
  const { isContractFile } = await import('../../codegen/emit/emit-contract.ts');
  if (isContractFile(given)) return path.resolve(projectDir, given);
  throw new UsageError(`--contract ${given}: the name of a contract ends in .d.ts`);
}

async function generateOnce(project: GenerateOptions, report: CodegenReport): Promise<ExitCode> {
  const { generate } = await import('../../codegen/generate.ts');
  try {
    return report.run(await generate(project));
  } catch (error) {
    return report.problem(error);
  }
}

async function check(project: GenerateOptions, report: CodegenReport): Promise<ExitCode> {
  const { checkGenerated } = await import('../../codegen/check.ts');
  try {
    return report.check(await checkGenerated(project));
  } catch (error) {
    return report.problem(error);
  }
}

async function watch(
  { signal }: CommandContext,
  project: GenerateOptions,
  report: CodegenReport,
): Promise<ExitCode> {
  const { watchProject } = await import('../../codegen/watch.ts');
  const failed = new AbortController();
  const watcher = await watchProject({
    ...project,
    onChange: (outcome) => {
      try {
        if (outcome instanceof Error) report.problem(outcome);
        else report.run(outcome);
      } catch (error) {
        failed.abort(error);
      }
    },
  });
  const ended = AbortSignal.any([signal, failed.signal]);
  try {
    if (!ended.aborted) await once(ended, 'abort');
  } finally {
    await watcher.close();
  }
  failed.signal.throwIfAborted();
  return 0;
}
