import path from 'node:path';
import type { EntryPoint } from '../../project/entry-points.ts';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { BackendError } from '../backend-error.ts';

/** Before they are bundled, which fails on what they import of Node. Code `NodeRuntimeNotSupported`, with the file. */
export function refuseNodeModules(project: Project, entryPoints: readonly EntryPoint[]): void {
  const found = entryPoints.find(({ usesNode }) => usesNode === true);
  if (found === undefined) return;
  throw new BackendError(
    400,
    'NodeRuntimeNotSupported',
    `${toPosix(path.relative(project.root, found.file))}: the embedded backend does not support "use node" modules yet.`,
  );
}
