import { expect, test } from "vitest";
import { parseConflictsSearch, queryOf, tabCounts } from "./filter.ts";

test("an address gives what is known in it, and nothing else", () => {
  expect(parseConflictsSearch({ tab: "lost", cause: "lost-update", service: "notes", consumer: 409, resource: "", more: 1 })).toEqual({ tab: "lost", cause: "lost-update", service: "notes", consumer: "409" });
  expect(parseConflictsSearch({ tab: "nonsense", cause: ["busy"], service: {} })).toEqual({});
});

test("each tab asks for its own, and counts what it asks for", () => {
  expect(queryOf({ service: "notes" })).toEqual({ service: "notes" });
  expect(queryOf({ tab: "explained" })).toEqual({ origin: "upstream" });
  expect(queryOf({ tab: "prevented", cause: "busy" })).toEqual({ cause: "busy", state: "prevented", origin: "gateway" });
  const kinds = [{ state: "prevented", origin: "gateway", count: 2 }, { state: "prevented", origin: "upstream", count: 3 }, { state: "lost", origin: "gateway", count: 5 }];
  expect(tabCounts(kinds, 7)).toEqual({ all: 10, potential: 7, lost: 5, prevented: 2, merged: 0, explained: 3 });
});
