import { UsageError } from './command-error.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { nearestName } from '../shared/nearest-name.ts';
import { parseInput } from './parse-input.ts';
import { commandHelp, programHelp } from './ui/help.ts';
import { problemText } from './ui/problem-text.ts';

/** The program as data. */
export interface Program {
  version: string;
  commands: readonly Command[];
}

/** Runs one command line, without the name of the program. Never throws: problems are told on `stderr`. */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v') {
    context.stdout.write(`${program.version}\n`);
    return 0;
  }
  if (first === undefined || first === 'help' || isHelp(first))
    return showHelp(program, rest[0], context);
  const command = program.commands.find(({ name }) => name === first);
  if (command === undefined) return unknownCommand(program, first, context);
  if (rest.some(isHelp)) return showHelp(program, first, context);
  try {
    return await command.run(context, parseInput(command, rest));
  } catch (error) {
    if (context.signal.aborted) {
      context.stderr.write(`kitcn ${command.name}: interrupted\n`);
      return 1;
    }
    context.stderr.write(`kitcn ${command.name}: ${problemText(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    context.stderr.write(`See: kitcn ${command.name} --help\n`);
    return 2;
  }
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function showHelp(program: Program, name: string | undefined, context: CommandContext): ExitCode {
  const command = program.commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) return unknownCommand(program, name, context);
  context.stdout.write(command ? commandHelp(command) : programHelp(program.commands));
  return 0;
}

function unknownCommand(program: Program, typed: string, context: CommandContext): ExitCode {
  const names = program.commands.map(({ name }) => name);
  const meant = nearestName(typed, names);
  const hint = meant === undefined ? `There are ${names.join(', ')}.` : `Did you mean "${meant}"?`;
  context.stderr.write(`kitcn: There is no command "${typed}". ${hint}\n`);
  return 2;
}
