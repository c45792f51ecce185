import path from 'node:path';
import { createCodec } from '../../wire/codec.ts';
import type { ValueCodec } from '../../wire/codec.ts';
import { tryFromErrorPayload } from '../../wire/error-payload.ts';
import { findAdminKey } from '../admin-key.ts';
import { callFunction } from '../call-function.ts';
import type { RunAnswer } from '../call-function.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { parseFunctionArguments } from '../function-arguments.ts';
import { parseFunctionName } from '../function-name.ts';
import { DATA_OPTION, PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';

/** `kitcn run`: the result as JSON on stdout, what the function logged on stderr. */
export const runCommand: Command = defineCommand({
  name: 'run',
  summary: 'Run a function of a deployment, internal ones too, and print its result as JSON',
  arguments: {
    function: {
      summary: 'module:function, folder/module:function or api.module.function',
      required: true,
    },
    args: { summary: 'Arguments as a JSON object, {} if left out' },
  },
  options: {
    url: { type: 'string', summary: 'The deployment (default http://127.0.0.1:<port>)' },
    port: { type: 'port', summary: 'Port of a deployment on this machine', default: 3210 },
    'admin-key': {
      type: 'string',
      value: 'key',
      summary: 'Its admin key (default KITCN_ADMIN_KEY, or the one in the data folder)',
    },
    data: DATA_OPTION,
    'project-dir': PROJECT_DIR_OPTION,
  },
  async run({ cwd, env, stdout, stderr, signal }, { options, arguments: given }) {
    const functionPath = parseFunctionName(given.function);
    const args = parseFunctionArguments(given.args ?? '{}');
    const url = options.url ?? `http://127.0.0.1:${options.port}`;
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new UsageError(`--url must be like http://127.0.0.1:3210, not "${url}"`);
    }
    const adminKey = await findAdminKey({
      given: options['admin-key'] ?? env['KITCN_ADMIN_KEY'],
      dataDir: path.resolve(projectDirOf(cwd, options['project-dir']), options.data),
    });
    const answer = await callFunction({ url, adminKey, path: functionPath, args, signal });
    for (const line of answer.logLines ?? []) stderr.write(`${line}\n`);
    if (answer.status === 'error') throw failure(answer);
    stdout.write(`${toJson(toReadable(answer.value))}\n`);
    return 0;
  },
});

const { output } = createCodec();
/** For what has been decoded already. */
const asItIs: ValueCodec = { ...output, decode: (value) => value };

/** Dates as JSON shows them. What only the project's own transformer can read stays as it travels. */
function toReadable(value: unknown): unknown {
  try {
    return output.decode(value);
  } catch {
    return value;
  }
}

function failure({ errorMessage, errorData }: Extract<RunAnswer, { status: 'error' }>): Error {
  const readable = toReadable(errorData);
  const error = tryFromErrorPayload(readable, asItIs);
  const text = error === undefined ? errorMessage : `${error.code}: ${error.message}`;
  const data = error === undefined ? readable : error.data;
  return new CommandError(
    'FUNCTION_FAILED',
    data === undefined ? text : `${text}\n${toJson(data)}`,
  );
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
