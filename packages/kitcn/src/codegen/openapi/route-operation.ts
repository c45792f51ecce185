import type { DiscoveredRoute } from '../model/discovered-project.ts';
import type { ErrorSchema, JsonSchema, RouteSchemas } from '../model/sent-schemas.ts';
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
      ...errorResponses(schemas.errors),
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

/** One response for each status: of which error it is, its body says. */
function errorResponses(errors: RouteSchemas['errors'] = {}): OpenApiObject {
  const all = Object.entries(errors);
  const responses = [...new Set(all.map(([, { status }]) => status))].map((status) => {
    const declared = all.filter(([, error]) => error.status === status);
    const schemas = declared.map(([code, error]) => errorBody(code, error));
    // `default` is of other statuses only, and the same may be that of a code of the table.
    const schema = { anyOf: [...schemas, { $ref: '#/components/schemas/Error' }] };
    const description = declared.map(([code]) => code).join(' or ');
    return [status, { description, content: { 'application/json': { schema } } }] as const;
  });
  return Object.fromEntries(responses);
}

function errorBody(code: string, { status, data, hasData }: ErrorSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      __crpc: { const: 1 },
      code: { const: code },
      message: { type: 'string' },
      status: { const: status },
      ...(data && { data }),
    },
    required: ['__crpc', 'code', 'message', 'status', ...(hasData ? ['data'] : [])],
  };
}
