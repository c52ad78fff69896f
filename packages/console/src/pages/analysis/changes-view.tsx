/** What changed? Which values explain that a measure is another than in the range before. */
import { Select } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { percentText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import classes from "./analysis.module.css";
import { Bar } from "./bar.tsx";
import { changeNames, measureText } from "./measures.ts";
import { type ChangeMeasure, changeMeasures } from "./search.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

type Reason = Answer<"explainChange">["reasons"][number];
const choices = changeMeasures.map((value) => ({ value, label: changeNames[value] }));

export function ChangesView({ search, onSearch, asked }: ViewProps) {
  const measure = search.change ?? "errors";
  const answer = useQuery({ ...reading("explainChange", { query: { ...asked, measure } }), placeholderData: keepPreviousData });
  const found = answer.data;
  return (
    <>
      <div className={classes["choices"]}>
        <Select label="What moved" allowDeselect={false} data={choices} value={measure} onChange={(value) => onSearch({ ...search, change: (value ?? "errors") as ChangeMeasure })} />
        {found ? (
          <p className={classes["found"]}>
            <CallsLink query={found.current.query}>{measureText(measure, found.current.value)}</CallsLink> in this range,{" "}
            <CallsLink query={found.baseline.query}>{measureText(measure, found.baseline.value)}</CallsLink> in the range before.
          </p>
        ) : null}
      </div>
      {answer.error ? <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      <Section title="Why is it different?" hint="Values whose share changed, those that explain most of the change first.">
        <DataTable label="Reasons" rows={found?.reasons} rowKey={keyOf} columns={columnsOf(measure)} empty={<EmptyState title="No single value explains the change">It is spread evenly, or nothing changed. Try another measure, or a narrower range around the moment it began (drag over a plot on the overview).</EmptyState>} />
      </Section>
      {found && found.symptoms.length > 0 ? (
        <Section title="What the failures look like">
          <DataTable label="Symptoms" rows={found.symptoms} rowKey={keyOf} columns={columnsOf(measure)} />
        </Section>
      ) : null}
    </>
  );
}

function keyOf(reason: Reason): string {
  return `${reason.field} ${reason.value}`;
}

function columnsOf(measure: ChangeMeasure): readonly Column<Reason>[] {
  return [
    { head: "Field", cell: (reason) => reason.field },
    { head: "Value", cell: (reason) => <CallsLink query={reason.query}><ValueText field={reason.field} value={reason.value} /></CallsLink> },
    { head: "Explains", cell: (reason) => <Bar share={reason.contribution}>{percentText(Math.min(1, reason.contribution))}</Bar> },
    { head: "Share before", right: true, wideOnly: true, cell: (reason) => percentText(reason.shareBefore) },
    { head: "Now", right: true, cell: (reason) => percentText(reason.shareNow) },
    { head: "Before", right: true, wideOnly: true, cell: (reason) => measureText(measure, reason.baseline) },
    { head: changeNames[measure], right: true, wideOnly: true, cell: (reason) => <CallsLink query={reason.query}>{measureText(measure, reason.current)}</CallsLink> },
  ];
}
