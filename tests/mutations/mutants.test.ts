import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mutants } from "./mutants.ts";

it.each(mutants)("can still be taken out: $without", ({ file, original, mutated, suite }) => {
  const source = readFileSync(file, "utf8");
  expect(source.split(original)).toHaveLength(2);
  expect(mutated).not.toBe(original);
  expect(existsSync(suite)).toBe(true);
});
