import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const bundledThreadModule = fileURLToPath(
  new URL('tools/vitest/bundled-thread-module.ts', import.meta.url),
);

export default defineConfig({
  test: {
    // Two cores are what a small CI machine has; more workers only make the slow tests time out.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/kitcn/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          setupFiles: ['tools/vitest/quiet-console.ts'],
          globalSetup: ['tools/vitest/bundle-threads.ts'],
          alias: [{ find: /^.*\/thread-module\.ts$/, replacement: bundledThreadModule }],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/.tmp-*/**', 'tests/{faults,runtimes}/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
