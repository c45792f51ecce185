import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The machine's own Chromium, or what `CHROMIUM` names: nothing is downloaded. Throws with how to install one. */
export function findChromium(): string {
  const found = [process.env['CHROMIUM'], ...PLACES].find((place) => place && existsSync(place));
  if (found) return found;
  throw new Error(
    'There is no Chromium here. On Debian: apt-get update && apt-get install -y --no-install-recommends chromium (or name one in CHROMIUM).',
  );
}
