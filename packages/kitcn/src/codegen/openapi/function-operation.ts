import type { DiscoveredFunction } from '../model/discovered-project.ts';
import type { JsonSchema } from '../model/sent-schemas.ts';
import type { OpenApiObject } from './openapi-document.ts';

/** A public function as `POST /api/run/<module>/<function>`. Convex answers 200 for functions that threw, too. */
export function functionOperation(
  modulePath: string,
  { name, kind, schemas = {} }: DiscoveredFunction,
): OpenApiObject {
  return {
    operationId: `${modulePath.replaceAll('/', '.')}.${name}`,
    tags: [modulePath],
    summary: `The ${kind} ${modulePath}:${name}`,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: callOf(schemas.input) } },
    },
    responses: {
      200: {
        description: 'What the function returned or threw',
        content: { 'application/json': { schema: answerOf(schemas.output) } },
      },
      default: { $ref: '#/components/responses/PlatformError' },
    },
  };
}

function callOf(input: JsonSchema = { type: 'object' }): JsonSchema {
  const format: JsonSchema = {
    description: 'How the answer’s values are written: without it as plain JSON',
    enum: ['json', 'convex_encoded_json'],
  };
  return { type: 'object', properties: { args: input, format }, required: ['args'] };
}

function answerOf(value: JsonSchema = {}): JsonSchema {
  const logLines: JsonSchema = { type: 'array', items: { type: 'string' } };
  return {
    oneOf: [
      {
        type: 'object',
        properties: { status: { const: 'success' }, value, logLines },
        required: ['status', 'value'],
      },
      {
        type: 'object',
        properties: {
          status: { const: 'error' },
          errorMessage: { type: 'string' },
          errorData: { anyOf: [{ $ref: '#/components/schemas/Error' }, {}] },
          logLines,
        },
        required: ['status', 'errorMessage'],
      },
    ],
  };
}
