/**
 * "What changed?": which value of which field explains that a measure moved from a baseline to now. A value ranks high when
 * the change is largely its own (contribution) and its part of the whole is another than before (surprise: the
 * value's term of the Jensen-Shannon divergence), so that what is large and typical does not hide what is new. After
 * Bhagwan et al., "Adtributor" (NSDI 2014).
 */
import type { explanation, explainQuery } from "@parley/contract/api/analysis";
import { fieldEntry, type FieldName } from "@parley/contract/query/fields";
import { parseQuery } from "@parley/contract/query/parse";
import { allOf, between, term } from "@parley/contract/query/write";
import type { CallFigures, Change, ChangeMeasure } from "@parley/stores/ports/call-figures";
import type { z } from "zod";
import { refuse } from "../refusal.ts";
import { readQuery } from "./call-question.ts";

const explaining: readonly FieldName[] = ["service", "consumer", "key", "method", "path", "status", "error", "cause", "version", "upstream", "upstreamstatus", "provider", "model", "agent", "client", "cut", "kind"];
/** Of failures these say how, and the others where and whose. */
const symptoms: ReadonlySet<string> = new Set<FieldName>(["status", "upstreamstatus", "error", "cause"]);
/** Which calls a measure counts. */
const countedCalls: Readonly<Record<Asked["measure"], string>> = { calls: "", latency: "", errors: "status:500..599", refused: "status:400..499", conflicts: "cause:*", costUsd: "cost:>0" };
const valuesAField = 100;
/** A value that is behind less of the change than this is a coincidence. */
const leastContribution = 0.05;
const hourMs = 3_600_000;

type Asked = z.output<typeof explainQuery>;
type Reason = z.input<typeof explanation>["reasons"][number];

export async function explainChange(callLog: Pick<CallFigures, "change">, asked: Asked, { now, signal }: { now: number; signal: AbortSignal }): Promise<z.input<typeof explanation>> {
  const sides = sidesOf(asked, now);
  const measure: ChangeMeasure = asked.measure === "latency" ? "durationMs" : asked.measure;
  const change = await callLog.change({ current: readQuery(sides.current, now), baseline: readQuery(sides.baseline, now), measure, fields: explaining, limit: valuesAField }, signal);
  const counted = (query: string): string => allOf(query, countedCalls[asked.measure]);
  const ranked = reasonsOf(change, counted(sides.current));
  const failures = asked.measure === "errors" || asked.measure === "refused" || asked.measure === "conflicts";
  return {
    measure: asked.measure,
    current: { value: change.current, calls: change.currentCalls, query: counted(sides.current) },
    baseline: { value: change.baseline, calls: change.baselineCalls, query: counted(sides.baseline) },
    reasons: ranked.filter(({ field }) => !failures || !symptoms.has(field)).slice(0, asked.limit),
    symptoms: ranked.filter(({ field }) => failures && symptoms.has(field)).slice(0, asked.limit),
  };
}

/** Two queries whose times are written out, so that they can be followed. */
function sidesOf({ query = "", baseline, from, to }: Asked, now: number): { current: string; baseline: string } {
  if (baseline !== undefined) return { current: allOf(range(from, to, now), query), baseline };
  if (namesTime(query, now)) {
    if (from === undefined || to === undefined) refuse("invalid-parameter", "a query with a time of its own needs a `baseline`, or `from` and `to` instead of the time");
  }
  const end = to ?? now;
  const begin = from ?? end - hourMs;
  return { current: allOf(between(begin, end), query), baseline: allOf(between(begin - (end - begin), begin), query) };
}

function range(from: number | undefined, to: number | undefined, now: number): string {
  return from === undefined && to === undefined ? "" : between(from ?? 0, to ?? now);
}

function namesTime(query: string, now: number): boolean {
  const parsed = parseQuery(query, now);
  return parsed.ok && parsed.query.clauses.some((clause) => clause.kind === "field" && clause.field === "at");
}

function reasonsOf(change: Change, query: string): Reason[] {
  const whole = change.current - change.baseline;
  // Where there was nothing before, that a call lacks something is no news.
  const reasons = change.values.filter(({ value }) => value !== null || change.baselineCalls > 0).map(({ field, value, current, baseline, currentCalls, baselineCalls }): Reason => {
    const shareNow = change.current === 0 ? 0 : current / change.current;
    // What was not there before would have been spread as the calls were.
    const shareBefore = change.baseline === 0 ? baselineCalls / Math.max(1, change.baselineCalls) : baseline / change.baseline;
    const contribution = whole === 0 ? shareNow - shareBefore : (current - baseline) / whole;
    return { field, value, current, baseline, currentCalls, baselineCalls, contribution, shareBefore, shareNow, score: surprise(shareBefore, shareNow) * Math.min(1, Math.max(0, contribution)), query: allOf(query, value === null ? `-${field}:*` : termOf(field, value)) };
  });
  return reasons.filter(({ contribution, score }) => contribution >= leastContribution && score > 0).toSorted((one, other) => other.score - one.score || other.contribution - one.contribution);
}

function termOf(field: FieldName, value: string): string {
  return term(field, fieldEntry(field).kind === "text" ? value : Number(value));
}

/** A value's term of the Jensen-Shannon divergence of two distributions, in bits. */
function surprise(before: number, now: number): number {
  const mean = (before + now) / 2;
  const part = (share: number): number => (share === 0 ? 0 : (share / 2) * Math.log2(share / mean));
  return Math.abs(part(before) + part(now));
}
