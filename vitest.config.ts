import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'e2e/**/*.test.ts'],
    environment: 'node',
    // The files share no state; one worker a file costs more than the tests.
    isolate: false,
    // Tests wait for states, some of other processes: a machine that is busy with something else must not fail them.
    testTimeout: 30_000,
  },
});
