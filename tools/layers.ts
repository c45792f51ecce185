// Checks that the rooms of packages/kitcn/src import each other as tools/rooms.ts allows. `npm run layers`
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importGraph } from './import-graph.ts';
import { layerProblems } from './layer-rules.ts';

const root = join(import.meta.dirname, '..', 'packages', 'kitcn', 'src');

const sources = new Map<string, string>();
for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
  const file = path.replaceAll('\\', '/');
  const isSource = /\.tsx?$/.test(file) && !/\.test(?:-d)?\.tsx?$/.test(file);
  if (isSource) sources.set(file, readFileSync(join(root, path), 'utf8'));
}

const problems = layerProblems(importGraph(sources));
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`\nlayers: ${problems.length} problem(s)`);
  process.exit(1);
}
console.log(`layers: ${sources.size} files, no problem`);
