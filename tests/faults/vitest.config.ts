import { defineConfig } from 'vitest/config';

/** Minutes of crashes and waiting, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    testTimeout: 600_000,
    maxWorkers: 1,
    // Names what was skipped: who is not root, or not on Linux, sees what was not proven.
    reporters: ['verbose'],
  },
});
