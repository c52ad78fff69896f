/** Who spends how much, on what? */
import { allOf } from "@parley/contract/query/write";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { ChoiceBar } from "../../components/choice-bar.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { costText, countText, percentText, shortCountText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import classes from "./analysis.module.css";
import { Bar } from "./bar.tsx";
import { fieldsOf } from "./search.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

const choices = [
  { value: "consumer", label: "Consumer" },
  { value: "consumer,key", label: "Key" },
  { value: "consumer,model", label: "Consumer and model" },
  { value: "model", label: "Model" },
  { value: "provider", label: "Provider" },
];

export function CostView({ search, onSearch, asked }: ViewProps) {
  const by = search.by !== undefined && choices.some(({ value }) => value === search.by) ? search.by : "consumer";
  const answer = useQuery({ ...reading("analyse", { query: { ...asked, query: allOf(asked.query, "kind:ai"), by, measure: "costUsd", limit: 200 } }), placeholderData: keepPreviousData });
  const whole = answer.data?.totals.costUsd ?? 0;
  const fields = fieldsOf(answer.data?.by.join(",") ?? by);
  return (
    <>
      <div className={classes["choices"]}>
        <ChoiceBar label="Spent by" data={choices} value={by} onChange={(value) => onSearch({ ...search, by: value })} />
        {answer.data ? <p className={classes["found"]}><strong>{costText(whole)}</strong> in {countText(answer.data.totals.calls)} AI calls</p> : null}
      </div>
      {answer.error ? <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      <DataTable
        label="Cost" rows={answer.data?.groups} rowKey={(group) => group.values.join("\u0000")}
        empty={<EmptyState title="No AI call in this range matches the filter">A call has a cost if its model has a price.</EmptyState>}
        columns={[
          ...fields.map((field, index) => ({ head: field, cell: (group: { values: (string | null)[] }) => <ValueText field={field} value={group.values[index] ?? null} /> })),
          { head: "Cost", cell: (group) => <Bar share={whole === 0 ? 0 : group.costUsd / whole}>{costText(group.costUsd)}</Bar> },
          { head: "Of all", right: true, cell: (group) => percentText(whole === 0 ? null : group.costUsd / whole) },
          { head: "Calls", right: true, cell: (group) => <CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink> },
          { head: "A call", right: true, wideOnly: true, cell: (group) => costText(group.calls === 0 ? 0 : group.costUsd / group.calls) },
          { head: "Input", right: true, wideOnly: true, cell: (group) => shortCountText(group.inputTokens) },
          { head: "Output", right: true, wideOnly: true, cell: (group) => shortCountText(group.outputTokens) },
        ]}
      />
    </>
  );
}
