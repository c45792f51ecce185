// Removes from packages/kitcn/dist what no source stands behind any more: `tsc -b` never deletes, and a leftover file
// would be packed, and imported by tests as if it still existed.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packageDir = join(import.meta.dirname, '..', 'packages', 'kitcn');
const OUTPUT = /\.(?:js|d\.ts)(?:\.map)?$/;

for (const file of readdirSync(join(packageDir, 'dist'), { recursive: true, encoding: 'utf8' })) {
  // What is bundled for Node is of all sources, and written anew by every build.
  if (!OUTPUT.test(file) || dirname(file) === 'node') continue;
  const stem = join(packageDir, 'src', file.replace(OUTPUT, ''));
  if (existsSync(`${stem}.ts`) || existsSync(`${stem}.tsx`)) continue;
  rmSync(join(packageDir, 'dist', file));
}
