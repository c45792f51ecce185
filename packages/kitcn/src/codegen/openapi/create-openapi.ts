import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findEntryPoints } from '../../project/entry-points.ts';
import { loadProject, toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { standInsPlugin } from '../../project/stand-ins.ts';
import { Discoverer } from '../discover/discoverer.ts';
import { examineAtOnce } from '../discover/examine.ts';
import { generatedStandIns } from '../discover/generated-stand-ins.ts';
import { Inspector } from '../discover/inspector.ts';
import { schemaFactsPlugin } from '../discover/schema-facts-plugin.ts';
import type { DiscoveredModule } from '../model/build-model.ts';
import { createOpenApiDocument } from './openapi-document.ts';
import type { OpenApiDocument, OpenApiInfo, OpenApiServers } from './openapi-document.ts';

export interface OpenApiOptions extends OpenApiServers {
  projectDir: string;
  /** What `process.env` shows to modules while they load. */
  env?: Readonly<Record<string, string>> | undefined;
}

/** The OpenAPI document of a project, from its sources. Throws a `ProjectError` when a module does not load. */
export async function createOpenApi(options: OpenApiOptions): Promise<OpenApiDocument> {
  const project = await loadProject(options.projectDir);
  const modules = await discover(project, options.env ?? {});
  const found = { hasSchema: false, hasComponents: false, modules };
  return createOpenApiDocument(found, await readInfo(project), options);
}

async function discover(
  project: Project,
  env: Readonly<Record<string, string>>,
): Promise<DiscoveredModule[]> {
  const plugins = [standInsPlugin(project, generatedStandIns(project)), schemaFactsPlugin()];
  const entryPoints = await findEntryPoints(project);
  if (entryPoints.length === 0) return [];
  try {
    await using inspector = new Inspector({ env, isAnnounced: false, hasJsonSchemas: true });
    const { modules } = await examineAtOnce({ project, entryPoints, plugins }, inspector);
    return modules.map(({ entryPoint, found }) => ({
      path: entryPoint.name,
      file: toPosix(path.relative(project.root, entryPoint.file)),
      ...found,
    }));
  } catch (error) {
    await using discoverer = new Discoverer(project, env);
    await discoverer.discover(); // Tells where it is, if it is in a module.
    throw error;
  }
}

/** The name and version of the project's package. */
async function readInfo({ root }: Project): Promise<OpenApiInfo> {
  const text = await readFile(path.join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { name, version } = JSON.parse(text) as { name?: string; version?: string };
  return { title: name ?? path.basename(root), version: version ?? '0.0.0' };
}
