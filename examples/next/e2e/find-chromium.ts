import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The machine's Chromium, or what `CHROMIUM` names; Playwright would download one of its own. */
export function findChromium(): string {
  const found = [process.env.CHROMIUM, ...PLACES].find((place) => place && existsSync(place));
  if (found) return found;
  throw new Error(
    'There is no Chromium here: apt-get install -y --no-install-recommends chromium (or name one in CHROMIUM)',
  );
}
