/** Where a command writes: the terminal, or a string in a test. */
export interface TextSink {
  write(text: string): unknown;
}

/** Everything that a command knows of the process around it. */
export interface CommandContext {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The result, and nothing else. */
  stdout: TextSink;
  /** Progress and problems. */
  stderr: TextSink;
  /** Aborted when the user wants the command to end. */
  signal: AbortSignal;
}

/** One option: `boolean` is a flag, `port` a number from 0 to 65535 where 0 means any free one, a `list` can be repeated. */
export interface OptionSpec {
  type: 'string' | 'port' | 'boolean' | 'list';
  summary: string;
  /** What the value is called in the help, `dir`. */
  value?: string;
  default?: string | number;
}

/** One positional argument; required ones come first. */
export interface ArgumentSpec {
  summary: string;
  required?: boolean;
}

type OptionTable = Readonly<Record<string, OptionSpec>>;
type ArgumentTable = Readonly<Record<string, ArgumentSpec>>;

type GivenValue<Spec extends OptionSpec> = Spec['type'] extends 'port' ? number : string;

type OptionValue<Spec extends OptionSpec> = Spec['type'] extends 'boolean'
  ? boolean
  : Spec['type'] extends 'list'
    ? readonly string[]
    : Spec extends { default: string | number }
      ? GivenValue<Spec>
      : GivenValue<Spec> | undefined;

type ArgumentValue<Spec extends ArgumentSpec> = Spec extends { required: true }
  ? string
  : string | undefined;

/** What an option can come to. */
export type ParsedOption = string | number | boolean | readonly string[] | undefined;

/** What the user typed, checked against the tables of a command. */
export interface CommandInput {
  options: Readonly<Record<string, ParsedOption>>;
  arguments: Readonly<Record<string, string | undefined>>;
}

interface TypedInput<Options extends OptionTable, Arguments extends ArgumentTable> {
  options: { readonly [Name in keyof Options]: OptionValue<Options[Name]> };
  arguments: { readonly [Name in keyof Arguments]: ArgumentValue<Arguments[Name]> };
}

/** 0: done. 1: it failed. 2: it was called wrongly. */
export type ExitCode = 0 | 1 | 2;

/** A command of the program; help and parsing are made from its tables. */
export interface Command {
  name: string;
  summary: string;
  arguments: ArgumentTable;
  options: OptionTable;
  run(context: CommandContext, input: CommandInput): Promise<ExitCode>;
}

interface CommandDefinition<Options extends OptionTable, Arguments extends ArgumentTable> {
  name: string;
  summary: string;
  /** In the order in which they are typed. */
  arguments: Arguments;
  options: Options;
  run(context: CommandContext, input: TypedInput<Options, Arguments>): Promise<ExitCode>;
}

/** Declares a command; `run` sees the options and arguments with the types that the tables give them. */
export function defineCommand<
  const Options extends OptionTable,
  const Arguments extends ArgumentTable,
>(definition: CommandDefinition<Options, Arguments>): Command {
  // `parseInput` makes the input from the same tables that typed it.
  return definition as unknown as Command;
}
