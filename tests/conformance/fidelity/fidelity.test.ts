import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordingsFolder } from "../recordings.ts";
import { worse } from "./counts.ts";
import type { Cells } from "./counts.ts";
import { measureFidelity } from "./measure.ts";

// Thousands of exchanges with recordings: a minute and more of the processor's time, which others may want as well.
const enoughMs = 600_000;

it("loses nothing that came through before, from any dialect of callers to any of providers", { timeout: enoughMs }, async () => {
  const source = recordingsFolder(process.env) === null ? "fixtures" : "recordings";
  const baseline = JSON.parse(readFileSync(join(import.meta.dirname, "baseline.json"), "utf8")) as Record<string, Cells>;
  expect(Object.keys(baseline[source] ?? {}).length).toBeGreaterThan(20);
  expect(worse(baseline[source] ?? {}, (await measureFidelity(process.env)).cells)).toEqual([]);
});

describe("a baseline", () => {
  const before: Cells = { "a < b": { text: [3, 4] } };

  it.each<[string, Cells, number]>([
    ["less came through", { "a < b": { text: [2, 4] } }, 1],
    ["less came through of more", { "a < b": { text: [2, 8] } }, 1],
    ["a pair is gone", {}, 1],
    ["as much was lost of fewer", { "a < b": { text: [1, 2] } }, 0],
    ["as much came through", { "a < b": { text: [3, 4] } }, 0],
    ["more did, and another pair too", { "a < b": { text: [8, 8] }, "a < c": { text: [0, 1] } }, 0],
  ])("tells that %s", (_what, now, lines) => {
    expect(worse(before, now)).toHaveLength(lines);
  });
});
