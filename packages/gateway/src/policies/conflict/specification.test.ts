/** SPECIFICATION.md says where each sentence of the conflict specification is tested: every file that it names is there, and every name in it. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../../../..");
const text = readFileSync(join(import.meta.dirname, "SPECIFICATION.md"), "utf8");
const rows = [...text.matchAll(/^\| (.+) \| `([^`]+)`: (.+) \|$/gm)].map(([, what, file, name]) => ({ what, file, name }) as { what: string; file: string; name: string });

/** A test, a group of tests or a row of a table, in quotes of whatever kind. */
function names(source: string, name: string): boolean {
  return ['"', "'", "`"].some((quote) => source.includes(quote + name + quote));
}

it("names a test for every row, in all of its sections", () => {
  expect(rows.length).toBe(text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| what ")).length);
  expect([...text.matchAll(/^## §(\d+) /gm)].map(([, section]) => Number(section))).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
});

it("names none that is not there", () => {
  const sources = new Map([...new Set(rows.map(({ file }) => file))].map((file) => [file, existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : ""]));
  expect(rows.filter(({ file, name }) => !names(sources.get(file) as string, name))).toEqual([]);
});
