import { expect, test } from "vitest";
import type { ModelSource } from "@parley/contract/config/ai";
import { chainOf, conditionTexts } from "./chain.ts";

const price = (input: number) => ({ input, output: input * 4, cacheRead: 0, cacheWrite: 0, request: 0, source: "catalogue" as const });
const state = {
  models: [{ name: "a/one", price: price(3), contextWindow: null, capabilities: [] }, { name: "b/two", price: price(1), contextWindow: null, capabilities: [] }, { name: "b/free", price: null, contextWindow: null, capabilities: [] }],
  providers: [
    { name: "a", trouble: null, keys: [{ name: "x", state: "resting" as const, restsForMs: 900 }, { name: "y", state: "refused" as const, restsForMs: 600_000 }] },
    { name: "b", trouble: { code: "provider-key-missing", detail: "no key", fix: null }, keys: [] },
  ],
  aliases: [{ name: "assistant", targets: [{ name: "a/one", streamMs: 300, wholeMs: null }, { name: "b/two", streamMs: 100, wholeMs: 50 }] }],
};
const spec: ModelSource = { targets: [{ model: "a/one", weight: 3 }, { model: "b/free" }, { model: "b/two" }, { model: "gone/x" }] };

function names(strategy: NonNullable<ModelSource["strategy"]>): string[] {
  return chainOf("assistant", { ...spec, strategy }, { state, groups: [], repeated: [] }).map(({ name }) => name);
}

test("the order is the one in which targets are tried", () => {
  expect(names("failover")).toEqual(["a/one", "b/free", "b/two", "gone/x"]);
  expect(names("cheapest")).toEqual(["b/two", "a/one", "b/free", "gone/x"]);
  // What was not measured comes first, so that it is.
  expect(names("fastest")).toEqual(["b/free", "gone/x", "b/two", "a/one"]);
});

test("a target rests while all of its keys do, and says what is wrong with its provider", () => {
  const [one, free, , gone] = chainOf("assistant", { ...spec, strategy: "weighted" }, { state, groups: [], repeated: [] });
  expect(one).toMatchObject({ restsForMs: 900, refused: false, trouble: null, share: 0.5 });
  expect(free).toMatchObject({ restsForMs: 0, trouble: "no key" });
  expect(gone).toMatchObject({ trouble: "its provider is not configured" });
});

test("a failure that the caller never saw is counted where it happened", () => {
  const attempt = { target: "a/one", startMs: 0, durationMs: 1, failure: "status", status: 429 };
  const repeated = [{ id: "1", attemptLog: [attempt, { target: "b/two", startMs: 1, durationMs: 1 }] }] as unknown as Parameters<typeof chainOf>[2]["repeated"];
  const chain = chainOf("assistant", spec, { state, groups: [], repeated });
  expect(chain.map(({ failed }) => failed)).toEqual([1, 0, 0, 0]);
});

test("conditions are read in words", () => {
  expect(conditionTexts({ when: { header: { "X-Tier": ["gold", "platinum"] }, size: { above: "256KiB" }, consumer: "acme" } })).toEqual(["for acme", "with X-Tier: gold or platinum", "above 256KiB"]);
});
