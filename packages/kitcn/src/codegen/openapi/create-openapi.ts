import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { Discoverer } from '../discover/discoverer.ts';
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
  await using discoverer = new Discoverer(project, {
    env: options.env ?? {},
    hasJsonSchemas: true,
  });
  return createOpenApiDocument(await discoverer.discover(), await readInfo(project), options);
}

/** The name and version of the project's package. */
async function readInfo({ root }: Project): Promise<OpenApiInfo> {
  const text = await readFile(path.join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { name, version } = JSON.parse(text) as { name?: string; version?: string };
  return { title: name ?? path.basename(root), version: version ?? '0.0.0' };
}
