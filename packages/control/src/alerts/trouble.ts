/** Where somebody who is told of an alert looks next: the calls behind it at an absolute time, and the page that shows them. */
import { allOf, between } from "@parley/contract/query/write";
import { queryOfRule, type Reading, type When } from "./call-metrics.ts";

/** Empty where it is not about calls. */
export function troubleQuery(when: When, reading: Pick<Reading, "calls" | "windowMs" | "narrow">, at: number): string {
  if (reading.calls === null) return "";
  return allOf(between(Math.floor(at - reading.windowMs), Math.ceil(at)), queryOfRule(when), reading.narrow);
}

const pages: Partial<Record<When["metric"], string>> = { overlapping_edits: "/conflicts", targets_out: "/services", certificate_days: "/services", budget_used: "/consumers", disk_free: "/health" };

/** An address of the console. */
export function linkOf(origin: string, { metric, query }: { metric: When["metric"]; query: string }): string {
  const range = /^at:(\d+)\.\.(\d+) ?/.exec(query);
  if (!range) return `${origin}${pages[metric] ?? "/"}`;
  const rest = query.slice(range[0].length);
  return `${origin}/calls?${rest === "" ? "" : `q=${encodeURIComponent(rest)}&`}from=${range[1]}&to=${range[2]}`;
}
