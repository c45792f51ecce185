import { defineConfig } from 'vitest/config';

/** Apart from the other tests, because the runtimes are a big install of their own. */
export default defineConfig({
  test: { root: import.meta.dirname, hookTimeout: 180_000 },
});
