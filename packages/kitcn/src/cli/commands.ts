import type { Command } from './command.ts';
import { authCommand } from './commands/auth.ts';
import { codegenCommand } from './commands/codegen.ts';
import { devCommand } from './commands/dev.ts';
import { openapiCommand } from './commands/openapi.ts';
import { runCommand } from './commands/run.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  devCommand,
  codegenCommand,
  runCommand,
  openapiCommand,
  authCommand,
];
