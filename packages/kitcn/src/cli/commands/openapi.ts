import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { readProjectEnv } from '../project-env.ts';
import { PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';

/** `kitcn openapi`: the document as JSON on stdout, or in a file. */
export const openapiCommand: Command = defineCommand({
  name: 'openapi',
  summary: 'Print the OpenAPI 3.1 document of the HTTP routes and public functions as JSON',
  arguments: {},
  options: {
    out: { type: 'string', value: 'file', summary: 'Write it to a file, from the project folder' },
    url: {
      type: 'string',
      summary: 'Where the deployment answers functions',
      default: 'http://127.0.0.1:3210',
    },
    'site-url': {
      type: 'string',
      value: 'url',
      summary: 'Where the deployment answers HTTP routes',
      default: 'http://127.0.0.1:3211',
    },
    'project-dir': PROJECT_DIR_OPTION,
  },
  async run(context, { options }) {
    const projectDir = projectDirOf(context.cwd, options['project-dir']);
    // Loaded only here: the help should not wait for the generator.
    const { createOpenApi } = await import('../../codegen/openapi/create-openapi.ts');
    const document = await createOpenApi({
      projectDir,
      env: await readProjectEnv(projectDir, context.env),
      url: options.url,
      siteUrl: options['site-url'],
    });
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (options.out === undefined) {
      context.stdout.write(text);
      return 0;
    }
    const file = path.resolve(projectDir, options.out);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    const count = Object.keys(document.paths).length;
    context.stderr.write(`openapi: ${count} paths written to ${options.out}\n`);
    return 0;
  },
});
