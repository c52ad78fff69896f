import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.{ts,tsx}", "tests/**/*.test.ts", "benchmarks/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["tests/temporary-directory.ts", "tests/compiled-modules.ts"],
    pool: "forks",
    // Much of a test's time is waiting for programs to start and to end: three keep two cores busy.
    maxWorkers: 3,
    // Tests of whole processes wait for events, but on a busy machine these take their time.
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
