import { configDefaults, defineConfig } from "vitest/config";

/** They measure their own process or change what is global in it. */
const needTheirOwnProcess = [
  "packages/gateway/src/ai/memory.test.ts",
  "packages/gateway/src/ai/realtime/ruled-session.test.ts",
  "packages/gateway/src/http1/turn-end.test.ts",
  "packages/gateway/src/listener/lean/inbound-connection.test.ts",
  "packages/gateway/src/main/reload.test.ts",
  "packages/gateway/src/policies/cache/store/bounds.test.ts",
  "packages/merge/src/repeated-member.test.ts",
  "packages/gateway/src/routing/routing.test.ts",
  "packages/stores/src/embedded/call-log/engine.test.ts",
];

export default defineConfig({
  test: {
    globalSetup: ["tests/temporary-directory.ts", "tests/compiled-modules.ts"],
    pool: "forks",
    // Much of a test's time is waiting for programs to start and to end: three keep two cores busy.
    maxWorkers: 3,
    // Tests of whole processes wait for events, but on a busy machine these take their time.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // By their names those come first that take long, so that many short ones fill the end.
    projects: [
      { extends: true, test: { name: "alone", include: ["tests/**/*.test.ts", "benchmarks/**/*.test.ts", ...needTheirOwnProcess] } },
      {
        extends: true,
        test: {
          name: "together",
          include: ["packages/**/*.test.{ts,tsx}"],
          exclude: [...configDefaults.exclude, "**/dist/**", ...needTheirOwnProcess],
          // Modules have no state, so that a process can load them once for many files.
          isolate: false,
        },
      },
    ],
  },
});
