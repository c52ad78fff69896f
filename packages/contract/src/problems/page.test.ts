import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { problemPage } from "./page.ts";
import { isProblemCode, problems, type ProblemCode } from "./table.ts";

const folder = join(import.meta.dirname, "../../../../docs/problems");

describe("the pages of the problem codes", () => {
  test.each(Object.keys(problems) as ProblemCode[])("docs/problems has the page of %s as the table has it", (code) => {
    expect(readFileSync(join(folder, `${code}.md`), "utf8"), "run: npm run docs:problems").toBe(problemPage(code));
  });

  test("docs/problems has no page of a code that does not exist", () => {
    const orphans = readdirSync(folder).filter((file) => file !== "README.md" && !isProblemCode(file.replace(/\.md$/, "")));
    expect(orphans).toEqual([]);
  });

  test.each(Object.entries(problems))("%s says why and what to do in whole sentences", (_code, entry) => {
    expect(entry.cause).toMatch(/[.!?]$/);
    expect(entry.fix).toMatch(/[.!?]$/);
    expect(entry.title).not.toMatch(/[.!]$/);
  });
});
