import path from 'node:path';
import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { readProjectEnv } from '../project-env.ts';
import { DATA_OPTION, PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';

/** `kitcn dev`: the URLs go to stdout, all else to stderr. */
export const devCommand: Command = defineCommand({
  name: 'dev',
  summary: 'Run the project on the embedded backend: generate, deploy, and again at each change',
  arguments: {},
  options: {
    port: { type: 'port', summary: 'Port of the API, 0 for any free one', default: 3210 },
    'site-port': {
      type: 'port',
      summary: 'Port of HTTP actions, 0 for any free one',
      default: 3211,
    },
    data: DATA_OPTION,
    once: { type: 'boolean', summary: 'Generate, deploy once, and end' },
    'project-dir': PROJECT_DIR_OPTION,
  },
  async run(context, { options }) {
    const projectDir = projectDirOf(context.cwd, options['project-dir']);
    const backend = {
      projectDir,
      dataDir: options.data === ':memory:' ? options.data : path.resolve(projectDir, options.data),
      port: options.port,
      sitePort: options['site-port'],
      env: await readProjectEnv(projectDir, context.env),
      log: (line: string) => void context.stderr.write(`${line}\n`),
    };
    // Loaded only here: neither the help nor `kitcn run` should wait for a bundler and a server.
    const { deployAtEachChange, deployOnce } = await import('../run-dev.ts');
    if (options.once) return (await deployOnce(context, backend)) ? 0 : 1;
    await deployAtEachChange(context, backend);
    return 0;
  },
});
