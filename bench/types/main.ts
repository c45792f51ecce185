// What definitions cost the type checker: 100 modules of five procedures, one of them a composition.
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeConvexProject } from './convex-project.ts';
import { writeKitcnProject } from './kitcn-project.ts';

const modules = process.argv.includes('--smoke') ? 5 : 100;
const root = path.join(import.meta.dirname, '../..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);

const folder = await mkdtemp(path.join(import.meta.dirname, '.tmp-'));
try {
  const kitcn = path.join(folder, 'kitcn');
  const convex = path.join(folder, 'convex');
  await writeKitcnProject(kitcn, { modules });
  execFileSync(bin('kitcn'), ['codegen', '--project-dir', kitcn], { stdio: 'ignore' });
  await writeConvexProject(convex, modules);
  for (const shared of [
    'tsconfig.json',
    'convex/functions/schema.ts',
    'convex/functions/_generated',
  ]) {
    await cp(path.join(kitcn, shared), path.join(convex, shared), { recursive: true });
  }
  await report('kitcn', kitcn);
  await report('Convex', convex);
} finally {
  await rm(folder, { recursive: true });
}

async function report(name: string, project: string): Promise<void> {
  // In one thread, as several checkers each work out again what they need of the others' files.
  const { stdout } = await promisify(execFile)(process.execPath, [
    path.join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    project,
    '--singleThreaded',
    '--extendedDiagnostics',
  ]);
  const figure = (label: string) => new RegExp(`${label}:\\s+([\\d.]+)`).exec(stdout)?.[1];
  const total = Number(figure('Instantiations'));
  const each = Math.round(total / (modules * 5));
  console.log(`${name.padEnd(8)} ${total} instantiations, ${each} each, ${figure('Check time')} s`);
}
