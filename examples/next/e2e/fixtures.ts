/* oxlint-disable no-empty-pattern -- Playwright reads from the pattern what a fixture needs. */
import { expect, test as base } from '@playwright/test';
import { ConvexHttpClient } from 'convex/browser';
import { createAppKeys } from '../dev/app-keys.ts';
import type { AppKeys } from '../dev/app-keys.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { buildApp, startApp } from './next-server.ts';
import { keepDiary } from './page-diary.ts';
import { RoomPage } from './room-page.ts';

interface WorkerFixtures {
  app: { readonly url: string; readonly deployment: Deployment; readonly keys: AppKeys };
}

interface TestFixtures {
  deployment: Deployment;
  /** Somebody else's client of the deployment. */
  client: ConvexHttpClient;
  /** A room of the test's own. */
  room: string;
  roomPage: RoomPage;
}

/** Tests of the app as production has it, in Chromium, against an embedded backend. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  app: [
    async ({}, use) => {
      const keys = await createAppKeys();
      const { issuer, key, jwks } = keys;
      await using deployment = await startDeployment({ AUTH_ISSUER: issuer, AUTH_JWKS: jwks });
      const env = {
        AUTH_ISSUER: issuer,
        AUTH_KEY: key,
        NEXT_PUBLIC_CONVEX_URL: deployment.url,
        NEXT_PUBLIC_CONVEX_SITE_URL: deployment.siteUrl,
      };
      await buildApp(env);
      await using server = await startApp(env);
      await use({ url: server.url, deployment, keys });
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  baseURL: ({ app }, use) => use(app.url),
  page: async ({ page, deployment }, use, test) => {
    const diary = keepDiary(page);
    const firstLog = deployment.logs.length;
    await use(page);
    if (test.status !== test.expectedStatus) {
      console.error([...diary.lines, ...deployment.logs.slice(firstLog)].join('\n'));
    }
    expect(diary.errors).toEqual([]);
  },
  deployment: ({ app }, use) => use(app.deployment),
  client: ({ deployment }, use) => use(new ConvexHttpClient(deployment.url, { logger: false })),
  room: ({}, use) => use(`room-${crypto.randomUUID().slice(0, 8)}`),
  roomPage: ({ page, room }, use) => use(new RoomPage(page, room)),
});

export { expect };
