import path from 'node:path';
import type { GenerateResult } from '../../codegen/generate.ts';
import { ProjectError } from '../../project/project-error.ts';
import { defineCommand } from '../command.ts';
import type { Command, ExitCode, TextSink } from '../command.ts';
import { readProjectEnv } from '../project-env.ts';
import { PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';
import { codegenSummary } from '../ui/codegen-summary.ts';

/** `kitcn codegen` */
export const codegenCommand: Command = defineCommand({
  name: 'codegen',
  summary: 'Generate the typed api, the runtime files and what Convex itself would generate',
  arguments: {},
  options: {
    'project-dir': PROJECT_DIR_OPTION,
    json: { type: 'boolean', summary: 'Print one JSON object instead of text' },
  },
  async run({ cwd, env, stdout, stderr }, { options }) {
    const projectDir = projectDirOf(cwd, options['project-dir']);
    // Loaded only here: neither the help nor `kitcn run` should wait for a bundler.
    const { generate } = await import('../../codegen/generate.ts');
    const generating = generate({ projectDir, env: await readProjectEnv(projectDir, env) });
    if (options.json) return printJson(generating, projectDir, stdout);
    stderr.write(`${codegenSummary(await generating)}\n`);
    return 0;
  },
});

async function printJson(
  generating: Promise<GenerateResult>,
  projectDir: string,
  stdout: TextSink,
): Promise<ExitCode> {
  const print = (value: object): unknown => stdout.write(`${JSON.stringify(value)}\n`);
  try {
    const { functionCount, written, unchanged, removed } = await generating;
    const relative = (files: readonly string[]): string[] =>
      files.map((file) => path.relative(projectDir, file).replaceAll('\\', '/'));
    const files = { written, unchanged, removed };
    const named = Object.entries(files).map(([name, list]) => [name, relative(list)] as const);
    print({ ok: true, functionCount, ...Object.fromEntries(named) });
    return 0;
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    const { code, text, file, line, column } = error;
    print({ ok: false, error: { code, message: text, file, line, column } });
    return 1;
  }
}
