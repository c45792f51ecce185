import path from 'node:path';
import type { JSONValue } from 'convex/values';
import { CommandError, UsageError } from '../command-error.ts';
import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { DATA_OPTION, PROJECT_DIR_OPTION, projectDirOf } from '../shared-options.ts';

/** `kitcn auth token`: a token that `kitcn dev` accepts, alone on stdout. */
export const authCommand: Command = defineCommand({
  name: 'auth',
  summary: 'Make a token to sign in to `kitcn dev` with: kitcn auth token --subject ada',
  arguments: { action: { summary: 'token', required: true } },
  options: {
    subject: { type: 'string', value: 'id', summary: 'Who it is for: "subject" of the identity' },
    claim: {
      type: 'list',
      value: 'name=value',
      summary: 'A claim, email=ada@example.com or roles=["admin"]; can be repeated',
    },
    expires: {
      type: 'string',
      value: 'duration',
      summary: 'How long it is valid: 30s, 15m, 1h, 7d',
      default: '1h',
    },
    url: { type: 'string', summary: 'The backend (default http://127.0.0.1:<port>)' },
    port: { type: 'port', summary: 'Port of its API', default: 3210 },
    data: DATA_OPTION,
    'project-dir': PROJECT_DIR_OPTION,
  },
  async run({ cwd, stdout }, { options, arguments: given }) {
    if (given.action !== 'token') {
      throw new UsageError(`There is no "kitcn auth ${given.action}"; did you mean "token"?`);
    }
    if (!options.subject) throw new UsageError('--subject is missing: --subject <id>');
    if (!/^[1-9]\d*[smhd]$/.test(options.expires)) {
      throw new UsageError(`--expires must be like 30s, 15m, 1h or 7d, not "${options.expires}"`);
    }
    const { url = `http://127.0.0.1:${options.port}` } = options;
    if (!URL.canParse(url)) throw new UsageError(`--url must be a URL, not "${url}"`);
    // Loaded only here: nothing else of the command line needs cryptography.
    const tokens = await import('../../backend/auth/development-token.ts');
    const claims = parseClaims(options.claim, tokens.isFreeClaim);
    const dataDir = path.resolve(projectDirOf(cwd, options['project-dir']), options.data);
    const file = tokens.developmentKeyFile(dataDir);
    const key = await tokens.readDevelopmentKey(file).catch((cause: unknown) => {
      throw new CommandError(
        'NO_AUTH_KEY',
        `No key to sign with: ${file} cannot be read. Start \`kitcn dev\` in the project once.`,
        { cause },
      );
    });
    const issuer = new URL(url).origin;
    const { subject, expires: expiresIn } = options;
    const token = await tokens.signDevelopmentToken(key, { issuer, subject, claims, expiresIn });
    stdout.write(`${token}\n`);
    return 0;
  },
});

/** Values are JSON where they can be read as such, else text. */
function parseClaims(
  written: readonly string[],
  isFree: (name: string) => boolean,
): Record<string, JSONValue> {
  const claims = written.map((text): [string, JSONValue] => {
    const split = text.indexOf('=');
    const name = text.slice(0, Math.max(split, 0));
    if (name === '') throw new UsageError(`--claim must be like name=value, not "${text}"`);
    if (!isFree(name)) throw new UsageError(`--claim cannot set "${name}", which the token has`);
    return [name, parseValue(text.slice(split + 1))];
  });
  return Object.fromEntries(claims);
}

function parseValue(text: string): JSONValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
