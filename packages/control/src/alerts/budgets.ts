/** How much of each consumer's and team's budgets of tokens and money is used, counted from calls: the ledger, which holds calls to them, counts what is under way as well. */
import type { Limit } from "@parley/contract/config/limits";
import type { CallFigures, Figures } from "@parley/stores/ports/call-figures";

export interface BudgetOwner {
  kind: "consumer" | "team";
  name: string;
  limits: readonly Limit[];
  /** Whose calls count. */
  consumers: readonly string[];
}

const maxConsumers = 1_000;

export async function budgetsUsed(callLog: Pick<CallFigures, "groups">, owners: readonly BudgetOwner[], now: number): Promise<{ of: string; used: number }[]> {
  const byStart = new Map<number, Map<string, Figures>>();
  const used: { of: string; used: number }[] = [];
  for (const owner of owners) {
    for (const limit of owner.limits) {
      if (!("tokens" in limit) && !("cost" in limit)) continue;
      const from = periodStart(limit.per, { now, zone: limit.zone ?? "UTC" });
      const figures = byStart.get(from) ?? (await figuresSince(callLog, from, now));
      byStart.set(from, figures);
      const mine = owner.consumers.flatMap((consumer) => figures.get(consumer) ?? []);
      const sum = mine.reduce((total, one) => total + ("cost" in limit ? one.costUsd : one.inputTokens + one.outputTokens), 0);
      const most = "cost" in limit ? limit.cost.amount : limit.tokens;
      used.push({ of: `${owner.kind} ${owner.name}: ${"cost" in limit ? `${sum.toFixed(2)} of ${most} USD` : `${sum} of ${most} tokens`}`, used: sum / most });
    }
  }
  return used;
}

async function figuresSince(callLog: Pick<CallFigures, "groups">, from: number, now: number): Promise<Map<string, Figures>> {
  const { groups } = await callLog.groups({ from, to: now + 1 }, { by: ["consumer"], measure: "costUsd", limit: maxConsumers });
  return new Map(groups.flatMap((group) => (typeof group.values[0] === "string" ? [[group.values[0], group] as const] : [])));
}

export function periodStart(period: Extract<Limit, { tokens: number }>["per"], { now, zone }: { now: number; zone: string }): number {
  if (period.kind === "rolling") return now - period.milliseconds;
  const there = zonedFields(now, zone);
  const begin = Date.UTC(there.year, there.month - 1, period.unit === "day" ? there.day : 1);
  // What the clocks there show as midnight; their distance from UTC is that of then, not of now.
  const guess = begin - offsetAt(begin, zone);
  return begin - offsetAt(guess, zone);
}

function offsetAt(moment: number, zone: string): number {
  const { year, month, day, hour, minute, second } = zonedFields(moment, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1_000) * 1_000;
}

function zonedFields(moment: number, zone: string): Record<"year" | "month" | "day" | "hour" | "minute" | "second", number> {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return { year: part("year"), month: part("month"), day: part("day"), hour: part("hour"), minute: part("minute"), second: part("second") };
}
