import type { DiscoveredRoute } from '../discover/inspection.ts';
import type { JsonSchema, RouteSchemas } from '../discover/json-schemas.ts';
import type { OpenApiObject } from './openapi-document.ts';

const PARAM = /:(\w+)(?:\{[^{}]*\})?/g;

/** `/users/:id{[0-9]+}` as `/users/{id}`, and the names in it. */
export function toTemplate(path: string): { template: string; names: string[] } {
  const names = [...path.matchAll(PARAM)].map(([, name = '']) => name);
  return { template: path.replace(PARAM, '{$1}'), names };
}

/** @param renamed what the parameters of the path are called in the document. */
export function routeOperation(
  { name, path, schemas = {} }: DiscoveredRoute,
  renamed: ReadonlyMap<string, string>,
): OpenApiObject {
  const body = bodyOf(schemas);
  return {
    operationId: `http.${name.join('.')}`,
    tags: ['http'],
    parameters: [
      ...toTemplate(path).names.map((param) => ({
        name: renamed.get(param) ?? param,
        in: 'path',
        required: true,
        schema: schemas.params?.properties?.[param] ?? { type: 'string' },
      })),
      ...queryParameters(schemas.searchParams),
    ],
    ...(body && { requestBody: body }),
    responses: {
      '2XX': resultOf(schemas.output),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function queryParameters(schema: JsonSchema | undefined): OpenApiObject[] {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema?.required?.includes(name) ?? false,
    schema: property,
  }));
}

function bodyOf({ input, form }: RouteSchemas): OpenApiObject | undefined {
  if (input !== undefined)
    return { required: true, content: { 'application/json': { schema: input } } };
  if (form === undefined) return undefined;
  const content = {
    'application/x-www-form-urlencoded': { schema: form },
    'multipart/form-data': { schema: form },
  };
  return { required: true, content };
}

/** A handler without a declared result may give any JSON, or a response of its own. */
function resultOf(output: JsonSchema | undefined): OpenApiObject {
  if (output === undefined) return { description: 'What the route gives' };
  return {
    description: 'What the route gives',
    content: { 'application/json': { schema: output } },
  };
}
