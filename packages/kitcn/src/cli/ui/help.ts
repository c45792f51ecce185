import type { Command } from '../command.ts';
import { placeholder } from '../parse-input.ts';

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    'kitcn <command> [options]',
    '',
    ...table(rows),
    '',
    'kitcn <command> --help tells more about a command; kitcn --version prints the version.',
    '',
  ].join('\n');
}

/** The help of one command, made from its tables. */
export function commandHelp(command: Command): string {
  const args = Object.entries(command.arguments);
  const usage = args.map(([name, { required }]) => (required ? ` <${name}>` : ` [${name}]`));
  const argumentRows = args.map(([name, { summary }]) => [name, summary] as const);
  const optionRows = Object.entries(command.options).map(([name, spec]) => {
    const value = spec.type === 'boolean' ? '' : ` ${placeholder(spec)}`;
    const standard = spec.default === undefined ? '' : ` (default ${spec.default})`;
    return [`--${name}${value}`, `${spec.summary}${standard}`] as const;
  });
  return [
    `kitcn ${command.name}${usage.join('')} [options]`,
    '',
    command.summary,
    '',
    ...table([...argumentRows, ...optionRows, ['--help', 'Print this help']]),
    '',
  ].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
}
