import { parseArgs } from 'node:util';
import { UsageError } from './command-error.ts';
import type { Command, CommandInput, OptionSpec, ParsedOption } from './command.ts';
import { nearestName } from '../shared/nearest-name.ts';

type OptionToken = Extract<
  NonNullable<ReturnType<typeof parseArgs>['tokens']>[number],
  { kind: 'option' }
>;

/** Reads what follows the name of a command by its tables. Throws `UsageError`. */
export function parseInput(command: Command, argv: readonly string[]): CommandInput {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: parserOptions(command),
    // We check the tokens ourselves, to say what was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Record<string, ParsedOption> = {};
  for (const [name, spec] of Object.entries(command.options)) options[name] = absentValue(spec);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const before = options[token.name];
    const value = optionValue(command, token);
    options[token.name] = Array.isArray(before) ? [...before, String(value)] : value;
  }
  return { options, arguments: namedArguments(command, positionals) };
}

function absentValue(spec: OptionSpec): ParsedOption {
  if (spec.type === 'list') return [];
  return spec.type === 'boolean' ? false : spec.default;
}

function parserOptions(command: Command): Record<string, { type: 'string' | 'boolean' }> {
  const entries = Object.entries(command.options).map(
    ([name, { type }]) => [name, { type: type === 'boolean' ? type : 'string' }] as const,
  );
  return Object.fromEntries(entries);
}

function optionValue(command: Command, token: OptionToken): string | number | boolean {
  const names = Object.keys(command.options);
  const spec = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
  if (spec === undefined) {
    const meant = nearestName(token.name, names);
    const hint = meant === undefined ? '' : `; did you mean --${meant}?`;
    throw new UsageError(`There is no option ${token.rawName}${hint}`);
  }
  if (spec.type === 'boolean') {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    return true;
  }
  // Without `=`, the next option must not be taken for the value.
  const isValue = token.value !== undefined && (token.inlineValue || !token.value.startsWith('-'));
  if (!isValue || token.value === '') {
    throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${placeholder(spec)}`);
  }
  return spec.type === 'port' ? parsePort(token.rawName, token.value) : token.value;
}

/** How the value of an option is called in texts: `<dir>`. */
export function placeholder(spec: OptionSpec): string {
  return `<${spec.value ?? spec.type}>`;
}

function parsePort(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Infinity;
  if (port > 65_535) throw new UsageError(`${name} must be a port, 0 to 65535, not "${value}"`);
  return port;
}

function namedArguments(
  command: Command,
  positionals: readonly string[],
): Record<string, string | undefined> {
  const specs = Object.entries(command.arguments);
  const extra = positionals[specs.length];
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  const named: Record<string, string | undefined> = {};
  for (const [index, [name, { required }]] of specs.entries()) {
    const value = positionals[index];
    if (value === undefined && required) throw new UsageError(`<${name}> is missing`);
    named[name] = value;
  }
  return named;
}
