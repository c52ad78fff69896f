/** How much of each consumer's and team's budgets of tokens and money is used, counted from calls: the ledger, which holds calls to them, counts what is under way as well. */
import { CalendarPeriods } from "@parley/contract/calendar-periods";
import type { Limit } from "@parley/contract/config/limits";
import type { CallFigures, Figures } from "@parley/stores/ports/call-figures";
import { costText, countText } from "./figure-text.ts";

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
      used.push({ of: `${owner.kind} ${owner.name}: ${"cost" in limit ? `${costText(sum)} of ${costText(most)}` : `${countText(sum)} of ${countText(most)} tokens`}`, used: sum / most });
    }
  }
  return used;
}

async function figuresSince(callLog: Pick<CallFigures, "groups">, from: number, now: number): Promise<Map<string, Figures>> {
  const { groups } = await callLog.groups({ from, to: now + 1 }, { by: ["consumer"], measure: "costUsd", limit: maxConsumers });
  return new Map(groups.flatMap((group) => (typeof group.values[0] === "string" ? [[group.values[0], group] as const] : [])));
}

function periodStart(period: Extract<Limit, { tokens: number }>["per"], { now, zone }: { now: number; zone: string }): number {
  return period.kind === "rolling" ? now - period.milliseconds : new CalendarPeriods().at(now, period.unit, zone).start;
}
