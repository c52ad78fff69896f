import { expect, it } from "vitest";
import { allPages } from "./pages.ts";

it("every page has an address and a key of its own", () => {
  expect(allPages.length).toBeGreaterThan(15);
  for (const of of ["to", "key", "title"] as const) expect(new Set(allPages.map((page) => page[of])).size, of).toBe(allPages.length);
});
