import { defineConfig } from 'vitest/config';

// Tests run as tsc compiled them (`npm test` builds first): what is tested is what ships, with `const enum`s inlined.
export default defineConfig({
  test: {
    include: ['dist/tests/**/*.test.js'],
    testTimeout: 60_000,
    // vitest leaves one processor idle, which is half of a small machine
    maxWorkers: '100%',
    // modules are loaded once by each worker, not by each of 170 files: a third of the time
    isolate: false,
    globalSetup: 'dist/tests/global-setup.js',
    // node loads everything but the test files itself: vite would rewrite each import, which also makes the simulators slower
    server: { deps: { external: [/\/dist\/(?!.*\.test\.js$)/] } },
  },
});
