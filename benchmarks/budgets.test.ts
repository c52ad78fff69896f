import { describe, expect, test } from "vitest";
import { timesNginx } from "./budgets.ts";
import type { CpuRound } from "./suites/cpu-round.ts";

function figures(scenario: string, program: string, perCall: readonly number[]) {
  const rounds: CpuRound[] = perCall.map((value) => ({ parts: {}, perCall: value, answered: 1, failed: 0, callsPerSecond: 1, busy: 1 }));
  return { scenario, title: scenario, program, rounds };
}

describe("ratios", () => {
  test("are taken within each round, so that a slow round of both changes nothing", () => {
    const calls = [figures("plain-1k", "nginx", [20, 40, 20]), figures("plain-1k", "parley", [60, 120, 80]), figures("openai-1k", "parley", [1])];
    expect(timesNginx({ calls, streams: [] })).toEqual({ "plain-1k": 3 });
  });
});
