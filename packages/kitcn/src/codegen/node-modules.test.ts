import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../project/project.ts';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import { Discoverer } from './discover/discoverer.ts';
import type { Discovery } from './discover/discoverer.ts';
import { generate } from './generate.ts';

const HASH = 'convex/functions/hash.ts';
const LIST = `import { query } from './_generated/server';\nexport const list = query({ handler: () => 1 });\n`;
const USE_NODE = `// Sends mail.\n/* Needs TLS. **/ 'use strict';\n'use node';\n`;
/** Uses what is Node's while it loads: modules by either name, of files that it imports too, and globals. */
const NODE = `import { createHash } from 'node:crypto';
import * as fs from 'fs/promises';
import tls from 'tls';
import { action } from './_generated/server';
import { platform } from '../lib/platform.cjs';
const hash = createHash('sha256').update(Buffer.from('x')).digest('hex');
const meta = { size: hash.length, fs: typeof fs.open, tls: typeof tls.connect, isLinux: platform === process.platform };
const env = [process.env.STAGE, Object.keys(process.env).length, process.cwd() !== ''].join();
export const sum = Object.assign(action({ handler: () => 1 }), { '~crpc': { meta: { ...meta, env } } });
`;
const FILES = {
  'convex/functions/teams.ts': LIST,
  'convex/lib/platform.cjs': `const os = require('os');\nexports.platform = os.platform();\n`,
};

test(
  'modules that say "use node" find what is Node’s while they load',
  { timeout: 30_000 },
  async () => {
    await using folder = await temporaryProject({ ...FILES, [HASH]: `${USE_NODE}${NODE}` });
    const options = { projectDir: folder.root, env: { STAGE: 'test' } };
    expect(await generate(options)).toMatchObject({ functionCount: 2 });
    const api = await readFile(path.join(folder.root, 'convex/shared/api.ts'), 'utf8');
    const meta = `env: 'test,1,true', fs: 'function', isLinux: true, size: 64, tls: 'function'`;
    for (const part of meta.split(/, (?=\w+:)/)) expect(api).toContain(part);
  },
);

test('other modules do not, and are told of with their place', { timeout: 30_000 }, async () => {
  await using folder = await temporaryProject({
    ...FILES,
    [HASH]: `${USE_NODE}${NODE}`,
    'convex/functions/plain.ts': `import '../lib/plain';\nexport {};\n`,
    'convex/lib/plain.ts': `\nimport { createHash } from 'node:crypto';\ncreateHash('sha256');\n`,
  });
  const generating = generate({ projectDir: folder.root });
  await expect(generating).rejects.toMatchObject({
    code: 'BUNDLE_FAILED',
    file: 'convex/lib/plain.ts',
    line: 2,
    text: expect.stringContaining('node:crypto'),
  });
  await folder.write({
    'convex/lib/plain.ts': 'export {};',
    'convex/functions/plain.ts': `if (typeof Buffer === 'undefined') throw new Error('no Buffer');\nexport {};`,
  });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    file: 'convex/functions/plain.ts',
  });
});

test('what breaks a module for Node is told with its place', { timeout: 30_000 }, async () => {
  await using folder = await temporaryProject({
    ...FILES,
    [HASH]: `'use node';\nimport { readFileSync } from 'node:fs';\nreadFileSync('/nowhere');\n`,
  });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    file: HASH,
    line: 3,
    text: expect.stringContaining('ENOENT'),
  });
});

test('a look at changes follows modules into Node and back', { timeout: 30_000 }, async () => {
  await using folder = await temporaryProject({ ...FILES, [HASH]: LIST });
  const project = await loadProject(folder.root);
  await using lasting = new Discoverer(project, { env: {} });
  await lasting.discover();
  const rediscover = async (text: string): Promise<Discovery> => {
    await folder.write({ [HASH]: text });
    return lasting.rediscover(new Set([`${folder.root}/${HASH}`]));
  };
  const more = `${NODE}export const more = action({ handler: () => 1 });\n`;
  for (const text of [`${USE_NODE}${NODE}`, `${USE_NODE}${more}`, LIST]) {
    const { modules } = await rediscover(text);
    await using fresh = new Discoverer(project, { env: {} });
    expect(modules).toEqual((await fresh.discover()).modules);
  }
});
