import { defineConfig } from 'vitest/config';

// Node 24 can crash when it collects garbage while V8's baseline compiler is at work, mostly where many `vm` contexts and
// threads come and go, as here: https://github.com/nodejs/node/issues/62393
const execArgv = ['--no-sparkplug'];

export default defineConfig({
  test: {
    // Two cores are what a small CI machine has; more workers only make the slow tests time out.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          include: ['packages/kitcn/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          setupFiles: ['tools/vitest/quiet-console.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          execArgv,
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/.tmp-*/**', 'tests/{faults,runtimes}/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
