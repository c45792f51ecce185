import { expect, test } from 'vitest';
import { capturedContext } from './captured-context.fixture.ts';
import { CommandError, UsageError } from './command-error.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './command.ts';
import { commands } from './commands.ts';
import { runProgram } from './program.ts';
import type { Program } from './program.ts';

const greet = defineCommand({
  name: 'greet',
  summary: 'Say hello',
  arguments: { name: { summary: 'Who is greeted', required: true } },
  options: {
    port: { type: 'port', summary: 'A port', default: 3210 },
    word: { type: 'string', summary: 'Another word than hello' },
    loud: { type: 'boolean', summary: 'In capitals' },
  },
  async run({ stdout }, { options, arguments: { name } }) {
    if (name === 'nobody') throw new CommandError('NOT_REACHABLE', 'nobody is there');
    if (name === 'everybody') throw new UsageError('too many');
    if (name === 'bug') throw new TypeError('a bug');
    const text = `${options.word ?? 'hello'} ${name} on ${options.port.toFixed(0)}\n`;
    stdout.write(options.loud ? text.toUpperCase() : text);
    return 0;
  },
});

const PROGRAM: Program = { version: '1.2.3', commands: [greet, ...commands] };

async function run(...argv: string[]): Promise<{ code: ExitCode; stdout: string; stderr: string }> {
  const context = capturedContext();
  const code = await runProgram(PROGRAM, argv, context);
  return { code, ...context.printed };
}

test.each([
  [['greet', 'Ada'], 'hello Ada on 3210\n'],
  [['greet', '--port', '1', '--word', 'hi', 'Ada'], 'hi Ada on 1\n'],
  [['greet', 'Ada', '--port=0', '--word=--hi', '--loud'], '--HI ADA ON 0\n'],
  [['greet', '--', '--loud'], 'hello --loud on 3210\n'],
  [['--version'], '1.2.3\n'],
])('%j', async (argv, stdout) => {
  expect(await run(...argv)).toEqual({ code: 0, stdout, stderr: '' });
});

test.each([
  [['greet'], /^kitcn greet: <name> is missing\nSee: kitcn greet --help\n$/],
  [['greet', 'Ada', 'Bob'], /Unexpected argument "Bob"/],
  [['greet', 'Ada', '--prot', '1'], /There is no option --prot; did you mean --port\?/],
  [['greet', 'Ada', '--zebra'], /There is no option --zebra\n/],
  [['greet', 'Ada', '--toString'], /There is no option --toString\n/],
  [['greet', 'Ada', '-x'], /There is no option -x\n/],
  [['greet', 'Ada', '--port'], /--port needs a value: --port <port>/],
  [['greet', 'Ada', '--word', '--loud'], /--word needs a value: --word <string>/],
  [['greet', 'Ada', '--port', '65536'], /--port must be a port, 0 to 65535, not "65536"/],
  [['greet', 'Ada', '--port', '3e3'], /--port must be a port/],
  [['greet', 'Ada', '--loud=yes'], /--loud takes no value/],
  [['greet', 'everybody'], /^kitcn greet: too many/],
  [['gret', 'Ada'], /^kitcn: There is no command "gret". Did you mean "greet"\?\n$/],
  [['fly'], /There is no command "fly". There are greet, dev, codegen, run, openapi, auth\.\n$/],
  [['help', 'gret'], /There is no command "gret"/],
])('%j is wrong usage', async (argv, stderr) => {
  const result = await run(...argv);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toMatch(stderr);
});

test('a failure for users is its message, a bug is told with its stack', async () => {
  expect(await run('greet', 'nobody')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'kitcn greet: nobody is there\n',
  });
  const bug = await run('greet', 'bug');
  expect(bug.code).toBe(1);
  expect(bug.stderr).toMatch(/TypeError: a bug\n +at .*program\.test\.ts/);
});

test.each([[[]], [['--help']], [['-h']], [['help']]])('%j is the help of all', async (argv) => {
  const { code, stdout } = await run(...argv);
  expect(code).toBe(0);
  for (const { name, summary } of PROGRAM.commands) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  }
});

test('the help of a command is made from its tables', async () => {
  const { code, stdout } = await run('greet', '--help');
  expect(code).toBe(0);
  expect(await run('help', 'greet')).toEqual({ code, stdout, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "kitcn greet <name> [options]

    Say hello

      name             Who is greeted
      --port <port>    A port (default 3210)
      --word <string>  Another word than hello
      --loud           In capitals
      --help           Print this help
    "
  `);
});
