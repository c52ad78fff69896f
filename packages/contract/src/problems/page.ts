/** The page of a problem code as Markdown: what `type` addresses lead to, what `parley explain` prints, what docs/problems holds. */
import type { ProblemEntry } from "./entry.ts";
import { problemEntry, type ProblemCode } from "./table.ts";

export function problemPage(code: ProblemCode): string {
  const entry: ProblemEntry = problemEntry(code);
  const parts = [`# ${entry.title}`, `\`${code}\` · ${placeOf(entry)}`, `**Why.** ${entry.cause}`, `**What to do.** ${entry.fix}`];
  if (entry.example) parts.push(`\`\`\`sh\n${entry.example}\n\`\`\``);
  return `${parts.join("\n\n")}\n`;
}

/** Where one meets it. */
export function placeOf({ status, saidBy }: ProblemEntry): string {
  if (status !== 0) return `HTTP status ${status}`;
  return saidBy === "command" ? "Said by a command" : "At start, or when a configuration file is read";
}
