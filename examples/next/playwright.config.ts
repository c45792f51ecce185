import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/find-chromium.ts';

export default defineConfig({
  testDir: 'e2e',
  // All tests share one build of the app, one backend and the two cores of a small machine; each has a room of its own.
  workers: 1,
  // A worker that a failure ended takes the build with it.
  maxFailures: 3,
  forbidOnly: !!process.env['CI'],
  timeout: 90_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: findChromium(),
      // Beside what Playwright passes by itself: headless, no sandbox, no first run, no background traffic.
      args: ['--disable-gpu', '--disable-quic'],
    },
  },
});
