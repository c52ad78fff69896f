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
import type { CallFigures, Change, ChangeAsked, ChangeMeasure } from "@parley/stores/ports/call-figures";
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
  const question: ChangeAsked = { current: readQuery(sides.current, now), baseline: readQuery(sides.baseline, now), measure, fields: explaining, limit: valuesAField };
  const change = await callLog.change(question, signal);
  // Without a before, what stands out among the calls of the same time is all that can be told.
  const around = change.baselineCalls === 0 && measure !== "calls" ? await callLog.change({ ...question, measure: "calls" }, signal) : null;
  const counted = (query: string): string => allOf(query, countedCalls[asked.measure]);
  const ranked = withoutEchoes(reasonsOf(change, { query: counted(sides.current), spread: spreadOf(around) }));
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

/** The part that a value has of all calls, by its field. */
type Spread = (field: FieldName, value: string | null) => number;

function spreadOf(around: Change | null): Spread | null {
  if (around === null) return null;
  const shares = new Map(around.values.map(({ field, value, current }) => [JSON.stringify([field, value]), current / Math.max(1, around.current)]));
  return (field, value) => shares.get(JSON.stringify([field, value])) ?? 0;
}

function reasonsOf(change: Change, { query, spread }: { query: string; spread: Spread | null }): Reason[] {
  const whole = change.current - change.baseline;
  const reasons = change.values.map(({ field, value, current, baseline, currentCalls, baselineCalls }): Reason => {
    const shareNow = change.current === 0 ? 0 : current / change.current;
    // What was not there before would have been spread as the calls were.
    const shareBefore = spread?.(field, value) ?? (change.baseline === 0 ? baselineCalls / Math.max(1, change.baselineCalls) : baseline / change.baseline);
    const contribution = whole === 0 ? shareNow - shareBefore : (current - baseline) / whole;
    return { field, value, current, baseline, currentCalls, baselineCalls, contribution, shareBefore, shareNow, score: surprise(shareBefore, shareNow) * Math.min(1, Math.max(0, contribution)), query: allOf(query, value === null ? `-${field}:*` : termOf(field, value)) };
  });
  // Less of a rise than its part of everything, or less of a fall, is what holds the change back.
  const isAhead = ({ shareNow, shareBefore }: Reason): boolean => (whole < 0 ? shareNow < shareBefore : shareNow > shareBefore);
  return reasons.filter((reason) => reason.contribution >= leastContribution && isAhead(reason)).toSorted((one, other) => other.score - one.score || other.contribution - one.contribution);
}

/** What calls lack goes with what they are: it is told only where no value that they have explains as much as clearly. */
function withoutEchoes(ranked: readonly Reason[]): Reason[] {
  return ranked.filter((reason) => reason.value !== null || !ranked.some((other) => other.value !== null && other.contribution >= reason.contribution && other.score >= reason.score));
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
