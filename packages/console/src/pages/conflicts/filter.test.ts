import { expect, test } from "vitest";
import { askableOf, conflictsAbout, parseConflictsSearch, queryOf, tabCounts } from "./filter.ts";

test("an address with the shared filter and range is taken as it is, and nothing that is not known", () => {
  expect(parseConflictsSearch({ tab: "lost", q: "service:notes", range: "7d", more: 1 })).toEqual({ tab: "lost", q: "service:notes", range: "7d" });
  expect(parseConflictsSearch({ tab: "nonsense", cause: ["busy"], service: {} })).toEqual({});
});

test("an address from before, which names single values, still shows them", () => {
  expect(parseConflictsSearch({ tab: "lost", cause: "lost-update", service: "notes", consumer: 409, resource: "" })).toEqual({ tab: "lost", q: "service:notes cause:lost-update consumer:409", range: "30d" });
  expect(parseConflictsSearch({ service: "notes", resource: "/notes/a b", range: "24h" })).toEqual({ q: 'service:notes path:"/notes/a b"', range: "24h" });
  expect(parseConflictsSearch({ service: "notes", range: "1h" })).toEqual({ q: "service:notes" });
  const once = parseConflictsSearch({ service: "notes", cause: "busy" });
  expect(parseConflictsSearch({ service: "notes", cause: "busy", ...once })).toEqual(once);
  expect(conflictsAbout({ service: "notes", resource: "/notes/7" })).toEqual({ q: "service:notes path:/notes/7", range: "30d" });
});

test("of a filter that was made for calls the rest is asked, and what was left is told", () => {
  expect(askableOf({ q: "service:notes latency:>5ms -model:* milk" })).toEqual({ query: "service:notes milk", left: ["latency:>5ms", "-model:*"] });
  expect(askableOf({ q: "servic:notes" })).toEqual({ query: "", left: [] });
  expect(askableOf({})).toEqual({ query: "", left: [] });
});

test("each tab asks for its own in the range, and counts what it asks for", () => {
  const now = 1_700_000_000_000;
  const from = Math.floor((now - 3_600_000) / 60_000) * 60_000;
  expect(queryOf({ q: "service:notes" }, now)).toEqual({ query: "service:notes", from });
  expect(queryOf({ tab: "explained", from: 1, to: 2 }, now)).toEqual({ origin: "upstream", from: 1, to: 2 });
  expect(queryOf({ tab: "prevented", q: "cause:busy" }, now)).toEqual({ query: "cause:busy", state: "prevented", origin: "gateway", from });
  expect(queryOf({ tab: "potential" }, now)).toEqual({ state: "potential" });
  const kinds = [{ state: "prevented", origin: "gateway", count: 2 }, { state: "prevented", origin: "upstream", count: 3 }, { state: "lost", origin: "gateway", count: 5 }];
  expect(tabCounts(kinds, 7)).toEqual({ all: 10, potential: 7, lost: 5, prevented: 2, merged: 0, explained: 3 });
});
