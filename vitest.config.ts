import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.{ts,tsx}", "tests/**/*.test.ts", "benchmarks/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 2,
    // Tests of whole processes wait for events, but on a busy machine these take their time.
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
