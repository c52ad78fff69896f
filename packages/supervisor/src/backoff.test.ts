import { expect, test } from "vitest";
import { backoffAfterDeath } from "./backoff.ts";

test("starts again at once, then ever more slowly, at most every ten seconds", () => {
  const delays = Array.from({ length: 12 }, (_, deaths) => backoffAfterDeath(deaths, 50).delayMs);
  expect(delays).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
});

test("forgets earlier deaths of a process that has lived long", () => {
  expect(backoffAfterDeath(7, 31_000)).toEqual({ deaths: 1, delayMs: 0 });
});
