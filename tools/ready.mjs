// Makes a checkout ready for any other script: installs and builds what is missing or older than its source.
// Plain JavaScript without dependencies, since it is the first thing that a fresh clone runs, on whatever Node it has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, 'package-lock.json');
/** npm's own record of what it installed. */
const installedFile = join(root, 'node_modules', '.package-lock.json');

if (!isInstalled()) {
  install();
  recordInstall();
}
npm(['run', '--silent', 'build'], 'kitcn: building packages/kitcn');

function isInstalled() {
  if (!existsSync(installedFile)) return false;
  return !existsSync(lockFile) || statSync(installedFile).mtimeMs >= statSync(lockFile).mtimeMs;
}

/**
 * Not `npm ci`: it refuses a lock file that was written where the registry did not offer the optional packages of every
 * platform. `--no-save` keeps the lock file as it is all the same.
 */
function install() {
  npm(
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'],
    'kitcn: installing dependencies (about half a minute)',
  );
}

/** npm leaves the record alone when nothing changed; without this, a touched lock file would mean an install each time. */
function recordInstall() {
  const now = new Date();
  if (existsSync(installedFile)) utimesSync(installedFile, now, now);
}

/** Runs npm and shows its output only if it fails: on success one line is enough. */
function npm(args, progress) {
  console.log(progress);
  const result = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  process.stdout.write(result.stdout ?? '');
  process.stderr.write(result.stderr ?? '');
  console.error(`kitcn: npm ${args.join(' ')} failed${result.error ? `: ${result.error}` : ''}`);
  process.exit(1);
}
