import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject } from '../shared/json-object.ts';
import { hasCode } from '../shared/has-code.ts';
import { messageOf } from '../shared/message-of.ts';
import { ProjectError } from './project-error.ts';

/** A folder with Convex functions in it. Paths are absolute unless said otherwise. */
export interface Project {
  root: string;
  functionsDir: string;
  /** `functionsDir` from `root`, `/`-separated: `convex/functions`. */
  functionsPath: string;
  /** The generated client-safe api: `shared/api.ts` beside a folder named `functions`, else inside the functions folder. */
  apiFile: string;
}

/** Finds the functions folder of a project by its `convex.json`, `convex/` if there is none. */
export async function loadProject(projectDir: string): Promise<Project> {
  const root = path.resolve(projectDir);
  const functionsDir = path.resolve(root, await readFunctionsSetting(root));
  const functionsPath = toPosix(path.relative(root, functionsDir));
  if (functionsPath === '' || functionsPath.startsWith('..')) {
    throw new ProjectError(
      'CONVEX_JSON_INVALID',
      '"functions" must be a folder inside the project',
      {
        at: { file: 'convex.json' },
      },
    );
  }
  if (!(await isDirectory(functionsDir))) {
    throw new ProjectError(
      'FUNCTIONS_FOLDER_NOT_FOUND',
      `There is no functions folder at ${functionsDir}. Create it, or name another one as "functions" in convex.json.`,
    );
  }
  const sharedParent =
    path.basename(functionsDir) === 'functions' ? path.dirname(functionsDir) : functionsDir;
  return {
    root,
    functionsDir,
    functionsPath,
    apiFile: path.join(sharedParent, 'shared', 'api.ts'),
  };
}

/** The path with `/` between its parts on every platform. */
export function toPosix(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}

async function readFunctionsSetting(root: string): Promise<string> {
  const text = await readFile(path.join(root, 'convex.json'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '{}';
    throw error;
  });
  const settings = parseSettings(text);
  if (settings.functions === undefined) return 'convex/';
  if (typeof settings.functions === 'string') return settings.functions;
  throw new ProjectError('CONVEX_JSON_INVALID', '"functions" must be a string', {
    at: { file: 'convex.json' },
  });
}

function parseSettings(text: string): { functions?: unknown } {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new ProjectError('CONVEX_JSON_INVALID', `Not valid JSON: ${reason}`, {
      at: { file: 'convex.json' },
      cause: error,
    });
  }
  if (isJsonObject(settings)) return settings;
  throw new ProjectError('CONVEX_JSON_INVALID', 'Must hold a JSON object', {
    at: { file: 'convex.json' },
  });
}

async function isDirectory(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
