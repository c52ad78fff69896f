/** Calls by one or two fields, with sums and percentiles. */
import { Select } from "@mantine/core";
import { fieldNames, type FieldName } from "@parley/contract/query/fields";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { costText, counted, countText, durationText, percentText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import classes from "./analysis.module.css";
import { Bar } from "./bar.tsx";
import { measureNames, measureText } from "./measures.ts";
import { fieldsOf, type Measure, measures } from "./search.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

type Group = Answer<"analyse">["groups"][number];

/** Those that single calls share; an id groups nothing. */
const groupable = fieldNames.filter((name) => !["id", "trace", "at", "conflict", "latency", "firstbyte", "upstreamlatency", "detail"].includes(name));
const measureChoices = measures.map((value) => ({ value, label: measureNames[value] }));

export function GroupsView({ search, onSearch, asked }: ViewProps) {
  const [first = "service", second = null] = fieldsOf(search.by);
  const by = second === null ? [first] : [first, second];
  const measure = search.measure ?? "calls";
  const answer = useQuery({ ...reading("analyse", { query: { ...asked, by: by.join(","), measure, limit: 100 } }), placeholderData: keepPreviousData });
  const choose = (fields: (string | null)[], wanted: Measure = measure) => onSearch({ ...search, by: fields.filter((field) => field !== null).join(","), measure: wanted });
  return (
    <>
      <div className={classes["choices"]}>
        <Select label="Group by" searchable allowDeselect={false} data={groupable} value={first} onChange={(value) => choose([value ?? "service", second])} />
        <Select label="and by" searchable clearable placeholder="nothing else" data={groupable.filter((name) => name !== first)} value={second} onChange={(value) => choose([first, value])} />
        <Select label="Largest first, by" searchable allowDeselect={false} data={measureChoices} value={measure} onChange={(value) => choose([first, second], (value ?? "calls") as Measure)} />
        <p className={classes["found"]}>{answer.data ? `${counted(answer.data.found, "group")} of ${countText(answer.data.totals.calls)} calls` : answer.isLoading ? "Counting …" : null}</p>
      </div>
      {answer.error ? <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      {answer.error && !answer.data ? null : (
        <DataTable
          label="Groups" rows={answer.data?.groups} rowKey={(group) => group.values.join("\u0000")} columns={columnsOf(answer.data?.by ?? by, measure, answer.data)}
          empty={<EmptyState title="No call in this range matches the filter">Choose a wider range, or clear the filter.</EmptyState>}
        />
      )}
    </>
  );
}

function columnsOf(by: readonly string[], measure: Measure, answer: Answer<"analyse"> | undefined): readonly Column<Group>[] {
  const most = Math.max(0, ...(answer?.groups ?? []).map((group) => group[measure] ?? 0));
  const meaning = measure === "errors" || measure === "refused" ? "error" : measure === "conflicts" ? "conflict" : "accent";
  const others: Column<Group>[] = [
    { head: "Calls", right: true, cell: (group) => <CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink> },
    { head: "Errors", right: true, cell: (group) => <CallsLink query={group.queries.errors}>{percentText(group.calls === 0 ? null : group.errors / group.calls)}</CallsLink> },
    { head: "Conflicts", right: true, wideOnly: true, cell: (group) => <CallsLink query={group.queries.conflicts}>{countText(group.conflicts)}</CallsLink> },
    { head: "p50", right: true, wideOnly: true, cell: (group) => latency(group.p50Ms) },
    { head: "p95", right: true, wideOnly: true, cell: (group) => latency(group.p95Ms) },
    { head: "p99", right: true, wideOnly: true, cell: (group) => latency(group.p99Ms) },
    { head: "Cost", right: true, wideOnly: true, cell: (group) => (group.costUsd === 0 ? "" : costText(group.costUsd)) },
  ];
  return [
    ...by.map((field, index): Column<Group> => ({ head: field as FieldName, cell: (group) => <ValueText field={field} value={group.values[index] ?? null} /> })),
    { head: `${measureNames[measure]} `, cell: (group) => <Bar share={most === 0 ? 0 : (group[measure] ?? 0) / most} meaning={meaning}>{measure === "calls" ? <CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink> : measureText(measure, group[measure])}</Bar> },
    ...(measure === "calls" ? others.slice(1) : others),
  ];
}

function latency(milliseconds: number | null): string {
  return milliseconds === null ? "–" : durationText(milliseconds);
}
