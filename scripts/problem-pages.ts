/** Writes docs/problems from the table of problem codes: one page a code, and the list of them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { problemPage } from "@parley/contract/problems/page";
import { problemEntry, problems, type ProblemCode } from "@parley/contract/problems/table";

const folder = join(import.meta.dirname, "../docs/problems");
const codes = (Object.keys(problems) as ProblemCode[]).sort();

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const code of codes) writeFileSync(join(folder, `${code}.md`), problemPage(code));
writeFileSync(join(folder, "README.md"), listing());

function listing(): string {
  const rows = codes.map((code) => `| [${code}](${code}.md) | ${problemEntry(code).status || "–"} | ${problemEntry(code).title} |`);
  return ["# Problem codes", "", "Every error carries one of these codes in `code`; they never change. `./parley explain <code>` prints a page, and the `type` of an error links to it.", "", "| code | status | what it says |", "|---|---|---|", ...rows, ""].join("\n");
}
