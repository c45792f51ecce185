import { mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startBackend } from 'kitcn/backend';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../run-program.ts';

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  info: { title: string };
  paths: Record<string, Record<string, Operation>>;
}

const folder = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

async function openapi(cwd: string, ...options: string[]): Promise<Document> {
  await runProgram('kitcn', ['codegen'], { cwd });
  const result = await runProgram('kitcn', ['openapi', ...options], { cwd });
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(result.stdout) as Document;
}

test.each(['examples/quickstart', 'tests/conformance/project'])(
  'the document of %s is valid OpenAPI 3.1',
  async (name) => {
    const document = await openapi(folder(name));
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...structuredClone(document) });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  },
);

test('describes routes with their parameters, bodies and results', async () => {
  const { paths, info } = await openapi(folder('tests/conformance/project'));
  expect(info.title).toBe('project');
  const search = paths['/search/{scope}/{page}']?.['get'];
  expect(search?.parameters).toEqual([
    { name: 'scope', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'page', in: 'path', required: true, schema: { type: 'number' } },
    {
      name: 'tags',
      in: 'query',
      required: false,
      schema: { type: 'array', items: { type: 'string' }, default: [] },
    },
    {
      name: 'since',
      in: 'query',
      required: false,
      schema: { type: 'string', format: 'date-time' },
    },
    {
      name: 'size',
      in: 'query',
      required: false,
      schema: { type: 'string', pattern: '^-?\\d+$' },
    },
    { name: 'exact', in: 'query', required: false, schema: { type: 'boolean' } },
  ]);
  const { get, post } = paths['/notes'] ?? {};
  expect(get?.responses['2XX']?.content?.['application/json']?.schema).toEqual({
    type: 'array',
    items: { type: 'string' },
  });
  expect(post?.requestBody?.content['application/json']?.schema).toEqual({
    type: 'object',
    properties: { text: { type: 'string', maxLength: 99 }, fails: { type: 'boolean' } },
    required: ['text'],
  });
  expect(post?.responses['default']).toEqual({ $ref: '#/components/responses/Error' });
  const upload = paths['/files/{name}']?.['put']?.requestBody?.content['multipart/form-data'];
  expect(upload?.schema).toMatchObject({
    properties: { file: { type: 'string', format: 'binary' } },
    required: ['file', 'tags', 'size'],
  });
});

test('describes the errors that a route declares, by status', async () => {
  const { paths } = await openapi(folder('tests/conformance/project'));
  const { responses } = paths['/shop/buy']?.['post'] ?? {};
  expect(Object.keys(responses ?? {})).toEqual(['409', '410', '2XX', 'default']);
  expect(responses?.['410']).toEqual({
    description: 'EXPIRED',
    content: {
      'application/json': {
        schema: {
          anyOf: [
            {
              type: 'object',
              properties: {
                __crpc: { const: 1 },
                code: { const: 'EXPIRED' },
                message: { type: 'string' },
                status: { const: 410 },
              },
              required: ['__crpc', 'code', 'message', 'status'],
            },
            { $ref: '#/components/schemas/Error' },
          ],
        },
      },
    },
  });
  expect(responses?.['409']?.content?.['application/json']?.schema).toMatchObject({
    anyOf: [
      {
        properties: {
          code: { const: 'OUT_OF_STOCK' },
          data: {
            properties: { left: { type: 'number' }, since: { required: ['__crpc_Date'] } },
          },
        },
        required: expect.arrayContaining(['data']),
      },
      {},
    ],
  });
});

test('describes public functions under paths that a deployment answers', async () => {
  const projectDir = folder('examples/quickstart');
  const { paths } = await openapi(projectDir, '--url', 'https://x.convex.cloud');
  const functions = Object.keys(paths).filter((name) => name.startsWith('/api/run/'));
  expect(functions).toContain('/api/run/items/queries/list');
  expect(functions).not.toContain('/api/run/jobs/reindex'); // It is internal.
  const { post } = paths['/api/run/user/getById'] ?? {};
  expect(post?.requestBody?.content['application/json']?.schema).toMatchObject({
    properties: {
      args: {
        properties: { id: { type: 'string', description: 'The id of a document in "user"' } },
        required: ['id'],
      },
    },
  });
  await using backend = await startDisposable(projectDir);
  for (const name of functions) {
    const response = await fetch(`${backend.url}${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"args":{}}',
    });
    expect(response.status, name).toBe(200);
    const { errorMessage } = (await response.json()) as { errorMessage?: string };
    expect(errorMessage ?? '', name).not.toContain('Could not find');
  }
});

async function startDisposable(projectDir: string) {
  const { url, close } = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  return { url, [Symbol.asyncDispose]: () => close() };
}

test('--out writes a file', async () => {
  const out = await mkdtemp(path.join(folder('tests'), '.tmp-openapi-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const file = path.join(out, 'deep/openapi.json');
  const cwd = folder('examples/quickstart');
  const result = await runProgram('kitcn', ['openapi', '--out', file], { cwd });
  expect(result).toMatchObject({ code: 0, stdout: '' });
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ openapi: '3.1.1' });
});
