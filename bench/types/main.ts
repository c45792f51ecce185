// What types cost the type checker: modules of five procedures, one of them a composition, and a file with 50 calls.
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeBetterConvexProject } from './better-convex-project.ts';
import {
  BETTER_CONVEX_CONSUMER,
  CALLS,
  CONVEX_CONSUMER,
  KITCN_CONSUMER,
  ORPC_CONSUMER,
  TRPC_CONSUMER,
} from './consumers.ts';
import { writeConvexProject } from './convex-project.ts';
import { writeKitcnProject } from './kitcn-project.ts';
import { writeOrpcProject, writeTrpcProject } from './peer-projects.ts';

const SIZES = process.argv.includes('--smoke') ? [25] : [100, 500];
const COMPILERS = ['typescript', 'typescript-5.9'];
const root = path.join(import.meta.dirname, '../..');

/** The peers, which share the schema and Convex's generated types with the first project. */
const PEERS = [
  { name: 'Convex', write: writeConvexProject, consumer: CONVEX_CONSUMER },
  { name: 'tRPC', write: writeTrpcProject, consumer: TRPC_CONSUMER },
  { name: 'oRPC', write: writeOrpcProject, consumer: ORPC_CONSUMER },
  {
    name: 'better-convex 0.11',
    write: writeBetterConvexProject,
    consumer: BETTER_CONVEX_CONSUMER,
  },
];
const SHARED = ['tsconfig.json', 'convex/functions/schema.ts', 'convex/functions/_generated'];

for (const modules of SIZES) await measure(modules);

async function measure(modules: number): Promise<void> {
  const folder = await mkdtemp(path.join(import.meta.dirname, '.tmp-'));
  try {
    const kitcn = path.join(folder, 'kitcn');
    await writeKitcnProject(kitcn, { modules });
    const bin = path.join(root, 'node_modules/.bin/kitcn');
    execFileSync(bin, ['codegen', '--project-dir', kitcn], { stdio: 'ignore' });
    await writeFile(path.join(kitcn, 'consumer.ts'), KITCN_CONSUMER);
    for (const { name, write, consumer } of PEERS) {
      const project = path.join(folder, name);
      for (const shared of SHARED) {
        await cp(path.join(kitcn, shared), path.join(project, shared), { recursive: true });
      }
      await write(project, modules);
      await writeFile(path.join(project, 'consumer.ts'), consumer);
    }
    for (const compiler of COMPILERS) {
      console.log(`\n${modules} modules, ${compiler}`);
      for (const name of ['kitcn', ...PEERS.map((peer) => peer.name)]) {
        await report(name, { compiler, project: path.join(folder, name), modules });
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Measured {
  compiler: string;
  project: string;
  modules: number;
}

async function report(name: string, { compiler, project, modules }: Measured): Promise<void> {
  const all = await check(compiler, project, 'convex');
  const file = path.join(project, 'consumer.ts');
  const text = await readFile(file, 'utf8');
  const calling = await check(compiler, project, 'consumer.ts');
  await writeFile(file, text.replace(CALLS, ''));
  // What it imports is checked with it, and is no matter of the calls.
  const silent = await check(compiler, project, 'consumer.ts');
  await writeFile(file, text);
  const each = Math.round(all.instantiations / (modules * 5));
  const calls = calling.instantiations - silent.instantiations;
  console.log(
    `${name.padEnd(18)} definitions: ${each} each, ${all.seconds} s; 50 calls: ${calls}, their file ${calling.seconds} s`,
  );
}

/** In one thread, as several checkers each work out again what they need of the others' files. */
async function check(compiler: string, project: string, include: string) {
  const config = path.join(project, 'tsconfig.bench.json');
  await writeFile(config, JSON.stringify({ extends: './tsconfig.json', include: [include] }));
  const tsc = path.join(root, 'node_modules', compiler, 'bin/tsc');
  const threads = compiler === 'typescript' ? ['--singleThreaded'] : [];
  const args = [tsc, '-p', config, ...threads, '--extendedDiagnostics', '--pretty', 'false'];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { stdout: string }) => error,
  );
  const errors = stdout.match(/^.*error TS.*$/gm);
  if (errors !== null) throw new Error(errors.slice(0, 3).join('\n'));
  const figure = (label: string) => new RegExp(`${label}:\\s+([\\d.]+)`).exec(stdout)?.[1];
  return { instantiations: Number(figure('Instantiations')), seconds: figure('Check time') };
}
