import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { hasCode } from '../shared/has-code.ts';
import type { CommandContext } from './command.ts';

/** Later files win, as in Next.js and Vite. */
const FILES = ['.env', '.env.local'];

/**
 * The variables that functions see: those named in the env files of the project, and no others of this process. Where
 * the process has one of them set, its value wins.
 */
export async function readProjectEnv(
  projectDir: string,
  processEnv: CommandContext['env'],
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const file of projectEnvFiles(projectDir)) {
    Object.assign(env, parseEnv(await readIfThere(file)));
  }
  for (const name of Object.keys(env)) {
    const value = processEnv[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** The files that are read, the stronger one last. */
export function projectEnvFiles(projectDir: string): string[] {
  return FILES.map((file) => path.join(projectDir, file));
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
