import type { JSONValue } from 'convex/values';
import { messageOf } from '../shared/message-of.ts';
import { ProjectError } from './project-error.ts';

/** What an export of a functions module is. */
export type FunctionKind = 'query' | 'mutation' | 'action' | 'httpAction';

/** One Convex function of a module. */
export interface AnalyzedFunction {
  /** The name it is exported by. */
  name: string;
  kind: FunctionKind;
  /** HTTP actions, which are reached through routes only, count as public. */
  visibility: 'public' | 'internal';
  /** Metadata of a procedure of ours. */
  meta?: { [key: string]: JSONValue };
}

/** The properties by which `convex/server` marks registered functions, and ours beside them. */
interface Markers {
  isQuery?: unknown;
  isMutation?: unknown;
  isAction?: unknown;
  isHttp?: unknown;
  isInternal?: unknown;
  '~crpc'?: { meta?: unknown };
}

/** The Convex functions among a module's exports, sorted by name; anything else is passed over. */
export function analyzeModule(entry: string, namespace: object): AnalyzedFunction[] {
  const functions: AnalyzedFunction[] = [];
  for (const [name, value] of Object.entries(namespace)) {
    if (typeof value !== 'function') continue;
    // Markers are plain properties on functions; all are optional and unknown.
    const markers = value as Markers;
    const kind = kindOf(markers);
    if (kind === undefined) continue;
    const meta = toJsonObject(markers['~crpc']?.meta, `${entry}:${name}`);
    functions.push({
      name,
      kind,
      visibility: markers.isInternal === true ? 'internal' : 'public',
      ...(meta === undefined ? {} : { meta }),
    });
  }
  return functions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(markers: Markers): FunctionKind | undefined {
  if (markers.isQuery === true) return 'query';
  if (markers.isMutation === true) return 'mutation';
  if (markers.isAction === true) return 'action';
  return markers.isHttp === true ? 'httpAction' : undefined;
}

/** Metadata as a copy without anything of the module's realm; `undefined` when there is nothing to tell. */
export function toJsonObject(
  meta: unknown,
  functionPath: string,
): { [key: string]: JSONValue } | undefined {
  if (typeof meta !== 'object' || meta === null) return undefined;
  try {
    // JSON of an object is an object.
    const copy = JSON.parse(JSON.stringify(meta)) as { [key: string]: JSONValue };
    return Object.keys(copy).length === 0 ? undefined : copy;
  } catch (error) {
    const reason = messageOf(error);
    throw new ProjectError(
      'META_NOT_JSON',
      `The metadata of ${functionPath} is not JSON: ${reason}`,
      {
        cause: error,
      },
    );
  }
}
