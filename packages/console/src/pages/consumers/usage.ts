/** How much of a limit is used: when its period began, and what the call log has since then. */
import { CalendarPeriods } from "@parley/contract/calendar-periods";
import type { LimitSource } from "../../editing/limit-kinds.ts";
import type { Answer } from "../../api/types.ts";

type Totals = Answer<"analyse">["totals"];

export type PeriodLimit = Extract<LimitSource, { per: unknown }>;

/** A limit on the size of a body or on calls at the same time is used up by nothing. */
export function hasPeriod(limit: LimitSource): limit is PeriodLimit {
  return "per" in limit;
}

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Days and months begin in the limit's zone, UTC without one; any other period is the time up to now. */
export function periodStart(limit: PeriodLimit, now: number): number {
  const per = String(limit.per);
  const zone = "zone" in limit && typeof limit.zone === "string" ? limit.zone : "UTC";
  if (per === "day" || per === "month") return new CalendarPeriods().at(now, per, zone).start;
  const length = [...per.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ""] ?? 0), 0);
  return now - length;
}

export interface Used {
  used: number;
  most: number;
  unit: "requests" | "tokens" | "USD";
}

export function usedOf(limit: PeriodLimit, totals: Pick<Totals, "calls" | "inputTokens" | "outputTokens" | "costUsd">): Used {
  if ("requests" in limit) return { used: totals.calls, most: limit.requests, unit: "requests" };
  if ("tokens" in limit) return { used: totals.inputTokens + totals.outputTokens, most: limit.tokens, unit: "tokens" };
  return { used: totals.costUsd, most: Number.parseFloat(String(limit.cost)), unit: "USD" };
}

/** Only calls of models have tokens and cost. */
export function queryOf(limit: PeriodLimit, consumer: string): string {
  const place = "requests" in limit ? [limit.methods === undefined ? "" : `method:${limit.methods.join(",")}`, limit.path === undefined ? "" : `path:${limit.path}`] : ["kind:ai"];
  return [`consumer:"${consumer}"`, ...place].filter((part) => part !== "").join(" ");
}
