import { expect, it } from "vitest";
import { compilePathPattern } from "./path-pattern.ts";

it("takes a path for what it is, however its unreserved characters are written (RFC 3986 §6.2.2.2), and leaves what stands in a place as it came", () => {
  const match = compilePathPattern("/old/{id}/**");
  for (const path of ["/old/7/a/b", "/%6Fld/7/a/b", "/o%6cd/7/a/b/"]) expect(match(path)?.get("**"), path).toMatch(/^a\/b$/);
  expect([...(match("/old/%37%2F/x") ?? [])]).toEqual([["{id}", "%37%2F"], ["**", "x"]]);
  for (const path of ["/Old/7", "/old", "/new/7/old", "/ol%64%64/7"]) expect(match(path), path).toBeNull();
  expect(compilePathPattern("/%6Fld")("/old")).not.toBeNull();
});
