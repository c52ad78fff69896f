import { expect, test } from "vitest";
import { whatWasDone } from "./what-was-done.ts";

const base = { origin: "gateway", status: 412, outcome: "not-applied", retry: { strategy: "none" } } as const;

test("says what the gateway did, and what it found later", () => {
  expect(whatWasDone({ ...base, state: "prevented" })).toBe("It answered 412 and explained why. Nothing was written.");
  expect(whatWasDone({ ...base, state: "prevented", origin: "upstream", status: 409 })).toContain("passed on the upstream's own 409");
  expect(whatWasDone({ ...base, state: "lost", outcome: "applied" })).toContain("only observed");
  expect(whatWasDone({ ...base, state: "unknown", outcome: "unknown", found: { at: 1, outcome: "diverged" } })).toContain("Looking again later, it found: something else is there by now.");
});
