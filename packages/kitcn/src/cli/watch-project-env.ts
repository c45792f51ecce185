import { watch } from 'chokidar';
import type { CommandContext } from './command.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import { projectEnvFiles, readProjectEnv } from './project-env.ts';

export interface EnvWatch {
  projectDir: string;
  processEnv: CommandContext['env'];
  /** Gets the variables after each change; the next one waits for it. */
  onChange(env: Record<string, string>): Promise<void>;
}

/** Editors save in several steps, milliseconds. */
const QUIET = 20;

/** Reads the env files of a project again whenever one of them changes, until closed. Resolves when it looks. */
export async function watchProjectEnv(options: EnvWatch): Promise<AsyncDisposable> {
  const { projectDir, processEnv, onChange } = options;
  const files = watch(projectEnvFiles(projectDir), { ignoreInitial: true });
  let timer: NodeJS.Timeout | undefined;
  const queue = new SerialQueue();
  const reread = async (): Promise<void> => onChange(await readProjectEnv(projectDir, processEnv));
  files.on('all', () => {
    clearTimeout(timer);
    // What cannot be read now is read at the next change.
    timer = setTimeout(() => void queue.run(reread).catch(() => {}), QUIET);
  });
  await new Promise<void>((resolve) => files.once('ready', resolve));
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await files.close();
      await queue.run(() => {});
    },
  };
}
