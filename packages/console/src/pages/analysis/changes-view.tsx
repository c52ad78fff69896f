/** What changed? Which values explain that a measure is another than in the range before. */
import { ActionIcon, Select } from "@mantine/core";
import type { FieldName } from "@parley/contract/query/fields";
import { IconFilterMinus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { percentText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import { excluding } from "../../observe/query-terms.ts";
import { withQuery } from "../../observe/search.ts";
import classes from "./analysis.module.css";
import { Bar } from "./bar.tsx";
import { changeNames, measureText } from "./measures.ts";
import { type ChangeMeasure, changeMeasures } from "./search.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

type Reason = Answer<"explainChange">["reasons"][number];
const choices = changeMeasures.map((value) => ({ value, label: changeNames[value] }));

/** As heads of columns. */
const figureNames: Readonly<Record<ChangeMeasure, string>> = { ...changeNames, errors: "Errors", refused: "Refused", latency: "Mean" };

export function ChangesView({ search, onSearch, asked }: ViewProps) {
  const measure = search.change ?? "errors";
  const answer = useQuery({ ...reading("explainChange", { query: { ...asked, measure } }), placeholderData: keepPreviousData });
  const found = answer.data;
  const leaveOut = (field: FieldName, value: string) => onSearch(withQuery(search, excluding(search.q ?? "", field, value)));
  return (
    <>
      <div className={classes["choices"]}>
        <Select label="What moved" allowDeselect={false} data={choices} value={measure} onChange={(value) => onSearch({ ...search, change: (value ?? "errors") as ChangeMeasure })} />
        {found ? (
          <p className={classes["found"]}>
            <CallsLink query={found.current.query}>{figureText(measure, found.current.value, found.current.calls)}</CallsLink> in this range,{" "}
            <CallsLink query={found.baseline.query}>{figureText(measure, found.baseline.value, found.baseline.calls)}</CallsLink> in the range before{measure === "latency" ? ", on average" : ""}.
          </p>
        ) : null}
      </div>
      {answer.error ? <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      <Section title="Why is it different?" hint="Values whose share changed. First come those that explain much of the change and whose share moved far. Leave out what you know, and see what else there is.">
        {found || answer.isPending ? <DataTable label="Reasons" rows={found?.reasons} rowKey={keyOf} columns={[...columnsOf(measure, found), leaveOutColumn(leaveOut)]} empty={<EmptyState title="No single value explains the change">It is spread evenly, or nothing changed. Try another measure, or a narrower range around the moment it began (drag over a plot on the overview).</EmptyState>} /> : null}
      </Section>
      {found && found.symptoms.length > 0 ? (
        <Section title="What the failures look like">
          <DataTable label="Symptoms" rows={found.symptoms} rowKey={keyOf} columns={columnsOf(measure, found)} />
        </Section>
      ) : null}
    </>
  );
}

function keyOf(reason: Reason): string {
  return `${reason.field} ${reason.value}`;
}

/** Latency is the sum over calls, so that values can explain parts of it; people know it by the call. */
function figureText(measure: ChangeMeasure, value: number, calls: number): string {
  if (measure !== "latency") return measureText(measure, value);
  return calls === 0 ? "–" : measureText(measure, value / calls);
}

function columnsOf(measure: ChangeMeasure, found: Answer<"explainChange"> | undefined): readonly Column<Reason>[] {
  return [
    { head: "Field", cell: (reason) => reason.field },
    { head: "Value", cell: (reason) => <CallsLink query={reason.query}><ValueText field={reason.field} value={reason.value} /></CallsLink> },
    { head: "Explains", cell: (reason) => <Bar share={reason.contribution}>{percentText(Math.min(1, reason.contribution))}</Bar> },
    { head: found?.baseline.calls === 0 ? "Of all calls" : "Share before", right: true, wideOnly: true, cell: (reason) => percentText(reason.shareBefore) },
    { head: "Share now", right: true, wideOnly: true, cell: (reason) => percentText(reason.shareNow) },
    { head: `${figureNames[measure]} before`, right: true, wideOnly: true, cell: (reason) => figureText(measure, reason.baseline, reason.baselineCalls) },
    { head: "Now", right: true, wideOnly: true, cell: (reason) => <CallsLink query={reason.query}>{figureText(measure, reason.current, reason.currentCalls)}</CallsLink> },
  ];
}

/** Two troubles at once hide each other: without the calls of the first, the second stands alone. */
function leaveOutColumn(onLeaveOut: (field: FieldName, value: string) => void): Column<Reason> {
  return {
    head: "Leave out", right: true,
    cell: ({ field, value }) => (value === null ? null : (
      <ActionIcon variant="subtle" color="gray" aria-label={`Leave out ${field} ${value}`} title="Leave these out" onClick={() => onLeaveOut(field as FieldName, value)}>
        <IconFilterMinus size={15} stroke={1.6} aria-hidden />
      </ActionIcon>
    )),
  };
}
