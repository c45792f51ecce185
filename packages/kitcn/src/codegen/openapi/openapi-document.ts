import { ERROR_STATUS } from '../../errors/codes.ts';
import type { JsonSchema } from '../model/sent-schemas.ts';
import type { DiscoveredProject } from '../model/discovered-project.ts';
import { functionOperation } from './function-operation.ts';
import { routeOperation, toTemplate } from './route-operation.ts';

/** Where a deployment answers. */
export interface OpenApiServers {
  /** Functions: `https://x.convex.cloud`. */
  url: string;
  /** HTTP routes: `https://x.convex.site`. */
  siteUrl: string;
}

export interface OpenApiInfo {
  title: string;
  version: string;
}

/** An object of the OpenAPI specification, as JSON. */
export type OpenApiObject = { [key: string]: unknown };

export interface OpenApiDocument extends OpenApiObject {
  openapi: string;
  info: OpenApiInfo;
  paths: Record<string, OpenApiObject>;
}

/**
 * The OpenAPI 3.1 document of a project: its routes as they are, and its public functions as `POST /api/run/…`, where
 * every deployment answers for each under a path of its own.
 */
export function createOpenApiDocument(
  { modules }: DiscoveredProject,
  info: OpenApiInfo,
  servers: OpenApiServers,
): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: servers.url }],
    security: [{}, { bearer: [] }],
    paths: { ...routePaths(modules, servers), ...functionPaths(modules) },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Error: ERROR, PlatformError: PLATFORM_ERROR },
      responses: {
        Error: jsonResponse('An error, under the status of its code', 'Error'),
        PlatformError: jsonResponse('The deployment itself refused the request', 'PlatformError'),
      },
    },
  };
}

type Modules = DiscoveredProject['modules'];

/** Paths that differ in the names of their parameters only are one path to OpenAPI. */
function routePaths(modules: Modules, { siteUrl }: OpenApiServers): Record<string, OpenApiObject> {
  const paths: Record<string, OpenApiObject> = {};
  const templates = new Map<string, string>();
  for (const route of modules.flatMap(({ routes = [] }) => routes)) {
    const { template, names } = toTemplate(route.path);
    const pattern = template.replace(/\{\w+\}/g, '{}');
    const known = templates.get(pattern) ?? template;
    templates.set(pattern, known);
    const renamed = new Map(toNames(known).map((name, index) => [names[index] ?? name, name]));
    const path = (paths[known] ??= { servers: [{ url: siteUrl }] });
    path[route.method.toLowerCase()] = routeOperation(route, renamed);
  }
  return paths;
}

function toNames(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function functionPaths(modules: Modules): Record<string, OpenApiObject> {
  const paths: Record<string, OpenApiObject> = {};
  for (const { path, functions } of [...modules].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    for (const fn of functions) {
      if (fn.kind === 'httpAction' || fn.visibility === 'internal') continue;
      paths[`/api/run/${path}/${fn.name}`] = { post: functionOperation(path, fn) };
    }
  }
  return paths;
}

function jsonResponse(description: string, schema: string): OpenApiObject {
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  return { description, content };
}

const ERROR: JsonSchema = {
  type: 'object',
  description: 'What a procedure or a route threw',
  properties: {
    __crpc: { const: 1 },
    code: { enum: Object.keys(ERROR_STATUS) },
    message: { type: 'string' },
    data: {},
  },
  required: ['__crpc', 'code', 'message'],
};

const PLATFORM_ERROR: JsonSchema = {
  type: 'object',
  properties: { code: { type: 'string' }, message: { type: 'string' } },
  required: ['code', 'message'],
};
