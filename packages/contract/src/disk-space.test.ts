import { expect, test } from "vitest";
import { isNearlyFull } from "./disk-space.ts";

const mebibyte = 1024 * 1024;

test.each([
  ["a large disk with less than 512 MiB", 500, 1_000_000, true],
  ["a large disk with more than that", 600, 1_000_000, false],
  ["a small disk with a tenth left", 100, 1_000, false],
  ["a small disk with a fiftieth left", 20, 1_000, true],
  ["a full one", 0, 64, true],
])("%s", (_, free, total, is) => {
  expect(isNearlyFull({ freeBytes: free * mebibyte, totalBytes: total * mebibyte })).toBe(is);
});
