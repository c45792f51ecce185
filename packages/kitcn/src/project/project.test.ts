import path from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from './project.ts';
import { temporaryProject } from './temporary-project.fixture.ts';

test('reads the functions folder from convex.json', async () => {
  await using folder = await temporaryProject({ 'convex/functions/a.ts': '' });
  expect(await loadProject(folder.root)).toEqual({
    root: folder.root,
    functionsDir: path.join(folder.root, 'convex', 'functions'),
    functionsPath: 'convex/functions',
    apiFile: path.join(folder.root, 'convex', 'shared', 'api.ts'),
  });
});

test('falls back to convex/', async () => {
  await using folder = await temporaryProject({ 'convex/a.ts': '' });
  await folder.write({ 'convex.json': null });
  expect(await loadProject(folder.root)).toMatchObject({
    functionsPath: 'convex',
    apiFile: path.join(folder.root, 'convex', 'shared', 'api.ts'),
  });
});

test.each([
  ['{', 'Not valid JSON'],
  ['[]', 'Must hold a JSON object'],
  ['{ "functions": 1 }', '"functions" must be a string'],
  ['{ "functions": "../elsewhere" }', 'must be a folder inside the project'],
  ['{ "functions": "." }', 'must be a folder inside the project'],
])('refuses the convex.json %s', async (text, reason) => {
  await using folder = await temporaryProject({ 'convex.json': text });
  await expect(loadProject(folder.root)).rejects.toMatchObject({
    code: 'CONVEX_JSON_INVALID',
    file: 'convex.json',
    text: expect.stringContaining(reason),
  });
});

test('names a functions folder that is missing', async () => {
  await using folder = await temporaryProject({});
  await expect(loadProject(folder.root)).rejects.toMatchObject({
    code: 'FUNCTIONS_FOLDER_NOT_FOUND',
    message: expect.stringContaining(path.join('convex', 'functions')),
  });
});
