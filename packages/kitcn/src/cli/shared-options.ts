import path from 'node:path';
import type { OptionSpec } from './command.ts';

type FolderOption = OptionSpec & { type: 'string'; default: string };

/** `--project-dir`, the same for every command. */
export const PROJECT_DIR_OPTION: FolderOption = {
  type: 'string',
  value: 'dir',
  summary: 'The folder that holds convex.json or convex/',
  default: '.',
};

/** The folder that holds the database and the admin key of `kitcn dev`, the same for every command. */
export const DATA_OPTION: FolderOption = {
  type: 'string',
  value: 'dir',
  summary: 'Where the embedded backend keeps its data, from the project folder',
  default: '.kitcn',
};

/** The absolute path of the project folder. */
export function projectDirOf(cwd: string, option: string): string {
  return path.resolve(cwd, option);
}
