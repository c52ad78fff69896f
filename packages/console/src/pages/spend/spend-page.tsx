/** Who spends how much on which model, and since when? */
import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { reading } from "../../api/queries.ts";
import { ChoiceBar } from "../../components/choice-bar.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Notice } from "../../components/notice.tsx";
import { useNow } from "../../components/now.tsx";
import { Page, Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { costText, counted, countText } from "../../format/quantities.ts";
import { csvOf, daysUntil, stacksOf, type SpendSum, sumsOf, totalOf } from "./spend-figures.ts";
import { type SpendGroup, spendDays, spendGroups } from "./search.ts";
import { SpendPlot } from "./spend-plot.tsx";
import { SpendTable } from "./spend-table.tsx";
import classes from "./spend.module.css";

const mostStacks = 7;

export function SpendPage() {
  const search = useSearch({ from: "/shell/ai/spend" });
  const navigate = useNavigate();
  const { by = "consumer", days: count = 30 } = search;
  const today = Math.floor(useNow() / 86_400_000);
  const days = useMemo(() => daysUntil(today * 86_400_000, count), [today, count]);
  const spend = useQuery({ ...reading("getSpend", { query: { by, per: "day", from: days[0] ?? 0 } }), placeholderData: (before) => before, refetchInterval: 30_000 });
  const rows = spend.data?.items;
  const stacks = useMemo(() => stacksOf(rows ?? [], days, mostStacks), [rows, days]);
  const sums = useMemo(() => sumsOf((rows ?? []).filter(({ calls, inputTokens, costNanoUsd }) => calls > 0 && (by !== "service" || inputTokens + costNanoUsd > 0))), [rows, by]);
  const choose = (changed: { by?: SpendGroup; days?: number }) => void navigate({ to: "/ai/spend", search: { ...search, ...changed }, replace: true });
  return (
    <Page title="Spend" actions={sums.length > 0 ? <CopyButton text={csvOf(by, sums)} what="as CSV" label="Copy as CSV" /> : null}>
      <div className={classes["bar"]}>
        <ChoiceBar label="By" data={spendGroups.map((group) => ({ value: group, label: `By ${group}` }))} value={by} onChange={(value) => choose({ by: value as SpendGroup })} />
        <SegmentedControl aria-label="Days" data={spendDays.map((each) => ({ value: String(each), label: `${each} days` }))} value={String(count)} onChange={(value) => choose({ days: Number(value) })} />
      </div>
      {spend.error ? <ProblemNotice error={spend.error} onRetry={() => void spend.refetch()} /> : null}
      {spend.isLoading ? <Skeleton height={220} /> : null}
      {rows && sums.length === 0 ? <Nothing days={count} /> : null}
      {rows && sums.length > 0 ? (
        <>
          <Totals total={totalOf(sums)} />
          {stacks.length > 0 ? (
            <Section title="By day" hint="UTC days, like budgets without a zone.">
              <SpendPlot days={days} stacks={stacks} />
            </Section>
          ) : null}
          <SpendTable by={by} sums={sums} />
        </>
      ) : null}
    </Page>
  );
}

function Totals({ total }: { total: SpendSum }) {
  const cards = [
    ["Spent", costText(total.costNanoUsd / 1_000_000_000)],
    ["Calls", countText(total.calls)],
    ["Input tokens", countText(total.inputTokens)],
    ["of them from a provider's cache", countText(total.cacheReadTokens)],
    ["Output tokens", countText(total.outputTokens)],
  ];
  return (
    <>
      <div className={classes["cards"]}>
        {cards.map(([name, value]) => (
          <div key={name} className={classes["card"]}>
            <small>{name}</small>
            <strong>{value}</strong>
          </div>
        ))}
      </div>
      {total.unpricedCalls > 0 ? (
        <Notice meaning="warning" title={`${counted(total.unpricedCalls, "call")} had no known price`} action={<LinkButton variant="default" to="/ai/models">Models and prices</LinkButton>}>
          <span>Their tokens are counted and their cost is in no sum. A price in the settings of AI (<code>ai.prices</code>) holds for calls from then on.</span>
        </Notice>
      ) : null}
    </>
  );
}

function Nothing({ days }: { days: number }) {
  return (
    <EmptyState title={`No AI call in the last ${days} days`} action={<LinkButton to="/ai/playground">Ask a model</LinkButton>}>
      Costs come from the usage that providers report and the prices of their models. The first call appears here within a second.
    </EmptyState>
  );
}
