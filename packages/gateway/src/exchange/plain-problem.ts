/** A refusal of the gateway's own pages as problem details (RFC 9457): no call, so no id, and its type is a path on the same host. */
import { problemPath, type Refusal } from "@parley/contract/problems/problem";
import { problemEntry } from "@parley/contract/problems/table";

export interface PlainProblem {
  status: number;
  type: string;
  body: string;
  /** Name, value, … */
  fields: readonly string[];
}

export function plainProblem({ code, detail, fix, status, headers = {} }: Refusal): PlainProblem {
  const entry = problemEntry(code);
  const problem = { type: problemPath + code, title: entry.title, status: status ?? entry.status, detail, code, fix: fix ?? entry.fix };
  return { status: problem.status, type: "application/problem+json", body: `${JSON.stringify(problem)}\n`, fields: Object.entries(headers).flat() };
}
