import { once } from 'node:events';
import type { BackendOptions } from '../backend/server.ts';
import { generate } from '../codegen/generate.ts';
import type { GenerateOptions } from '../codegen/generate.ts';
import { watchProject } from '../codegen/watch.ts';
import type { CommandContext } from './command.ts';
import { DevSession } from './dev-session.ts';
import { watchProjectEnv } from './watch-project-env.ts';

/** Generates, deploys once and ends. Whether it worked. */
export async function deployOnce(
  context: CommandContext,
  backend: BackendOptions,
): Promise<boolean> {
  await using session = new DevSession(context, backend);
  // Awaited here: the session must not be closed before the update is through.
  return await session.update(await generate(backend));
}

/** Generates and deploys now and at each change, until the user ends it. Throws if the backend cannot be started. */
export async function deployAtEachChange(
  context: CommandContext,
  backend: BackendOptions,
): Promise<void> {
  await using session = new DevSession(context, backend);
  await using _env = await watchProjectEnv({
    projectDir: backend.projectDir,
    processEnv: context.env,
    onChange: (env) => session.setEnv(env),
  });
  await updateUntil(context.signal, session, backend);
}

async function updateUntil(
  ended: AbortSignal,
  session: DevSession,
  project: GenerateOptions,
): Promise<void> {
  const failed = new AbortController();
  const watcher = await watchProject({
    ...project,
    onStart: () => session.beginUpdate(),
    onChange: async (outcome) => {
      await session.update(outcome).catch((error: unknown) => failed.abort(error));
    },
  });
  try {
    const either = AbortSignal.any([ended, failed.signal]);
    if (!either.aborted) await once(either, 'abort');
  } finally {
    await watcher.close();
  }
  if (failed.signal.aborted) throw failed.signal.reason;
}
