import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createAppKeys } from './app-keys.ts';

/** What both Next.js and `kitcn dev` read. */
const FILE = '.env.local';

/** Writes the environment for development, with keys of its own, unless there is one. */
export async function writeEnvFile(): Promise<void> {
  if (existsSync(FILE)) return;
  const { issuer, key, jwks } = await createAppKeys();
  await writeFile(
    FILE,
    `NEXT_PUBLIC_CONVEX_URL=http://127.0.0.1:3210
NEXT_PUBLIC_CONVEX_SITE_URL=http://127.0.0.1:3211
AUTH_ISSUER=${issuer}
AUTH_KEY='${key}'
AUTH_JWKS=${jwks}
`,
    { mode: 0o600 },
  );
}
