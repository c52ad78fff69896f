/** How much of a limit is used: when its period began, and what the call log has since then. */
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
  if (per === "day" || per === "month") return startIn(zone, per, now);
  const length = [...per.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ""] ?? 0), 0);
  return now - length;
}

function startIn(zone: string, per: "day" | "month", now: number): number {
  const local = wallClock(zone, now);
  const start = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), per === "month" ? 1 : local.getUTCDate());
  // The zone's distance from UTC at the beginning, which is not that of now where the clocks changed in between.
  const guess = start - (local.getTime() - now);
  return start - (wallClock(zone, guess).getTime() - guess);
}

/** The zone's time of day, as if it were UTC. */
function wallClock(zone: string, at: number): Date {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return new Date(Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"), at % 1000));
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
