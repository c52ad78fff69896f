/** What is told as the reason of a change, from figures that are known. */
import type { FieldName } from "@parley/contract/query/fields";
import type { Change, ChangeAsked } from "@parley/stores/ports/call-figures";
import { expect, test } from "vitest";
import { explainChange } from "./explain-change.ts";

type Value = Change["values"][number];

function value(field: FieldName, name: string | null, current: number, baseline = 0): Value {
  return { field, value: name, current, baseline, currentCalls: current, baselineCalls: baseline };
}

async function reasons(changes: { errors?: Change; calls: Change }, measure: "errors" | "calls"): Promise<string[]> {
  const callLog = { change: (asked: ChangeAsked): Promise<Change> => Promise.resolve(asked.measure === "errors" && changes.errors ? changes.errors : changes.calls) };
  const answer = await explainChange(callLog, { measure, from: 1_700_000_000_000, to: 1_700_000_060_000, limit: 20 }, { now: 1_700_000_060_000, signal: new AbortController().signal });
  return answer.reasons.map((reason) => `${reason.field}:${reason.value}`);
}

test("a value that calls have comes without what they lack because of it", async () => {
  const calls: Change = {
    current: 200, baseline: 100, currentCalls: 200, baselineCalls: 100,
    values: [value("service", "orders", 110, 10), value("service", "ai", 90, 90), value("provider", null, 110, 10), value("provider", "openai", 90, 90), value("consumer", "acme", 110, 10), value("consumer", "globex", 90, 90)],
  };
  expect(await reasons({ calls }, "calls")).toEqual(["service:orders", "consumer:acme"]);
});

test("what calls lack is told where nothing that they have says as much", async () => {
  const calls: Change = {
    current: 200, baseline: 100, currentCalls: 200, baselineCalls: 100,
    values: [value("consumer", null, 100, 0), value("consumer", "acme", 100, 100), value("service", "orders", 120, 50), value("service", "bills", 80, 50)],
  };
  expect(await reasons({ calls }, "calls")).toEqual(["consumer:null", "service:orders"]);
});

test("without a call before, what is as common among all calls as among the failures explains nothing", async () => {
  const errors: Change = { current: 40, baseline: 0, currentCalls: 40, baselineCalls: 0, values: [value("kind", "http", 40), value("service", "orders", 30), value("service", "bills", 10), value("key", null, 40)] };
  const calls: Change = { current: 1_000, baseline: 0, currentCalls: 1_000, baselineCalls: 0, values: [value("kind", "http", 1_000), value("service", "orders", 100), value("service", "bills", 900), value("key", null, 1_000)] };
  expect(await reasons({ errors, calls }, "errors")).toEqual(["service:orders"]);
});
