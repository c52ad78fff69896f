/** Every code that the program ever answers with. A code is stable: it is never renamed and never given another meaning. */
import { adminProblems } from "./admin.ts";
import { aiProblems } from "./ai.ts";
import { callProblems } from "./calls.ts";
import { conflictProblems } from "./conflicts.ts";
import { documentProblems } from "./documents.ts";
import type { ProblemEntry } from "./entry.ts";
import { startProblems } from "./start.ts";

export const problems = { ...callProblems, ...conflictProblems, ...aiProblems, ...adminProblems, ...documentProblems, ...startProblems } as const;

export type ProblemCode = keyof typeof problems;

export function problemEntry(code: ProblemCode): ProblemEntry {
  return problems[code];
}

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}
