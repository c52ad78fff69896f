/** The page of a problem code as Markdown: what `type` addresses lead to, what `parley explain` prints, what docs/problems holds. */
import type { ProblemEntry } from "./entry.ts";
import { problemEntry, type ProblemCode } from "./table.ts";

export function problemPage(code: ProblemCode): string {
  const entry: ProblemEntry = problemEntry(code);
  const where = entry.status === 0 ? "At start, or when a configuration file is read" : `HTTP status ${entry.status}`;
  const parts = [`# ${entry.title}`, `\`${code}\` · ${where}`, `**Why.** ${entry.cause}`, `**What to do.** ${entry.fix}`];
  if (entry.example) parts.push(`\`\`\`sh\n${entry.example}\n\`\`\``);
  return `${parts.join("\n\n")}\n`;
}
