/** PROVOKED.md names for every code a test that provokes it: a code that nothing answers with, or nobody has seen answered, is no code. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { isProblemCode, problems } from "./table.ts";

const root = resolve(import.meta.dirname, "../../../..");
const text = readFileSync(join(import.meta.dirname, "PROVOKED.md"), "utf8");
const rows = [...text.matchAll(/^\| `([^`]+)` \| `([^`]+)`: (.+) \|$/gm)].map(([, code, file, name]) => ({ code, file, name }) as { code: string; file: string; name: string });

test("every code has one row, and every row is of a code", () => {
  expect(rows.filter(({ code }) => !isProblemCode(code))).toEqual([]);
  expect(rows.map(({ code }) => code).toSorted()).toEqual(Object.keys(problems).toSorted());
});

test.each(rows)("$code is asked for by the test that is named", ({ code, file, name }) => {
  const source = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  expect(['"', "'", "`"].some((quote) => source.includes(quote + name + quote)), `no test of ${file} has this name`).toBe(true);
  expect(source, `${file} does not name the code`).toMatch(new RegExp(`(?<![\\w-])${code}(?![\\w-])`));
});
