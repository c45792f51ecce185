import { defineConfig } from 'vitest/config';

/** Minutes of crashes and waiting, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    testTimeout: 600_000,
    maxWorkers: 1,
  },
});
