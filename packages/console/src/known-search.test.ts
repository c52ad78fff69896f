import { expect, test } from "vitest";
import { knownSearch } from "./known-search.ts";
import { parseObserveSearch } from "./observe/search.ts";

test("a page gets what its parser knows, and nothing else that stands in the address", () => {
  const typed = { range: "3h", q: { not: "a text" }, from: 2, to: 1, other: [1] };
  expect({ ...typed, ...knownSearch(parseObserveSearch)(typed) }).toEqual({});
  expect({ ...typed, ...knownSearch(parseObserveSearch)({ ...typed, range: "24h", q: 409 }) }).toEqual({ range: "24h", q: "409" });
});
