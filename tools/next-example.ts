// Installs examples/next, which is no member of the workspace since few who clone this need Next.js, and runs one of its
// scripts: `npm run demo:next`, `npm run test:browser`. Arguments after `--` go to the script.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../examples/next/e2e/find-chromium.ts';

const app = join(import.meta.dirname, '..', 'examples', 'next');
const [script = 'test', ...args] = process.argv.slice(2);

if (script === 'test') assertChromium();
console.log('kitcn: installing examples/next');
// The package as it was just built, copied as from the registry: removed first, since npm takes a copy of the same
// version for the same; and named, since npm would ask the lock file, not the package, for its dependencies.
rmSync(join(app, 'node_modules', 'kitcn'), { recursive: true, force: true });
const quietly = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
npm(['install', ...quietly, 'kitcn@file:../../packages/kitcn']);
npm(['run', script, '--', ...args]);

/** Before half a gigabyte is installed for nothing. */
function assertChromium(): void {
  try {
    findChromium();
  } catch (error) {
    console.error(`kitcn: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

function npm(npmArgs: readonly string[]): void {
  const { status } = spawnSync('npm', npmArgs, {
    cwd: app,
    // Else Playwright keeps what it compiles in the system's folder for temporary files.
    env: { ...process.env, PWTEST_CACHE_DIR: join(app, 'node_modules', '.cache', 'playwright') },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
