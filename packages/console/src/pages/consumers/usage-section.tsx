/** What the consumer has used of its limits, and what it does: from the call log, which is a second behind. */
import type { Entity } from "@parley/contract/api/entities";
import type { ConsumerSource } from "@parley/contract/config/consumer";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { useNow } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { limitText } from "../../editing/limit-kinds.ts";
import { costText, countText, durationText } from "../../format/quantities.ts";
import { hasPeriod, type PeriodLimit, periodStart, queryOf, type Used, usedOf } from "./usage.ts";
import classes from "./usage.module.css";

const dayMs = 86_400_000;
const often = { refetchInterval: 10_000, placeholderData: keepPreviousData };

export function UsageSection({ consumer }: { consumer: Pick<Entity<ConsumerSource>, "name" | "spec"> }) {
  const { name, spec } = consumer;
  const limits = (spec.limits ?? []).filter(hasPeriod);
  return (
    <Section title="Use" hint="Counted from the call log. The gateway decides by its own count, which includes the reservations of calls in flight." actions={<LinkButton variant="default" to="/ai/spend">Spend of all</LinkButton>}>
      <Figures name={name} />
      {limits.length === 0 ? <p className={classes["quiet"]}>No limit over a period: nothing can run out.</p> : null}
      <div className={classes["meters"]}>
        {limits.map((limit, index) => (
          <Meter key={index} name={name} limit={limit} />
        ))}
      </div>
    </Section>
  );
}

function Figures({ name }: { name: string }) {
  const from = Math.floor(useNow() / 60_000) * 60_000 - 7 * dayMs;
  const week = useQuery({ ...reading("analyse", { query: { by: "consumer", query: `consumer:"${name}"`, from } }), ...often });
  const totals = week.data?.totals;
  if (!totals) return null;
  const figures = [
    ["Calls in 7 days", countText(totals.calls)],
    ["Failed (5xx)", countText(totals.errors)],
    ["Refused (4xx)", countText(totals.refused)],
    ["Conflicts", countText(totals.conflicts)],
    ["Half within", totals.p50Ms === null ? "–" : durationText(totals.p50Ms)],
    ["Spent", costText(totals.costUsd)],
  ];
  return (
    <dl className={classes["figures"]}>
      {figures.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Meter({ name, limit }: { name: string; limit: PeriodLimit }) {
  // The page's clock ticks every five seconds; a shorter period is looked at as often.
  const from = Math.floor(periodStart(limit, useNow()) / 5_000) * 5_000;
  const use = useQuery({ ...reading("analyse", { query: { by: "consumer", query: queryOf(limit, name), from } }), ...often });
  if (!use.data) return null;
  const used = usedOf(limit, use.data.totals);
  const part = used.most === 0 ? 0 : used.used / used.most;
  return (
    <div className={classes["meter"]} data-state={part >= 1 ? "over" : part >= 0.8 ? "near" : "fine"}>
      <span>{limitText(limit)}</span>
      <meter min={0} max={1} value={Math.min(1, part)} aria-label={`Used of ${limitText(limit)}`} />
      <span>{`${amountText(used.used, used.unit)} of ${amountText(used.most, used.unit)}, ${Math.round(part * 100)} %`}</span>
    </div>
  );
}

function amountText(amount: number, unit: Used["unit"]): string {
  return unit === "USD" ? costText(amount) : `${countText(amount)} ${unit}`;
}
