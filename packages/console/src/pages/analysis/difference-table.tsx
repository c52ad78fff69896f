/** A selection of calls against all calls of the filter and the range. */
import { Button, Group } from "@mantine/core";
import { type FieldName, fieldEntry } from "@parley/contract/query/fields";
import { parseQuery } from "@parley/contract/query/parse";
import { allOf, between, term } from "@parley/contract/query/write";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, percentText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import { Bar } from "./bar.tsx";
import { type Difference, differencesOf } from "./differences.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

const fields = "service,consumer,key,method,path,status,error,cause,version,upstream,provider,model";
const valuesAField = 50;
const mostShown = 12;

interface DifferenceTableProps {
  selection: string;
  asked: ViewProps["asked"];
  onClear: () => void;
  onFilter: (query: string) => void;
}

export function DifferenceTable({ selection, asked, onClear, onFilter }: DifferenceTableProps) {
  const range = { from: asked.from, ...(asked.to === undefined ? {} : { to: asked.to }), by: fields, limit: valuesAField };
  const selected = useQuery({ ...reading("callFacets", { query: { ...range, query: allOf(asked.query, selection) } }), placeholderData: keepPreviousData });
  const all = useQuery({ ...reading("callFacets", { query: { ...range, query: asked.query } }), placeholderData: keepPreviousData });
  const error = selected.error ?? all.error;
  if (error) return <ProblemNotice error={error} onRetry={() => void Promise.all([selected.refetch(), all.refetch()])} />;
  const named = namedFields(selection);
  const rows = selected.data && all.data ? differencesOf(selected.data, all.data).filter(({ field }) => !named.has(field)).slice(0, mostShown) : undefined;
  const queryOf = (row: Difference) => allOf(between(asked.from, asked.to ?? Date.now()), asked.query, selection, termOf(row));
  const actions = (
    <Group gap={8}>
      <Button variant="default" onClick={onClear}>
        Clear the selection
      </Button>
      <Button variant="default" onClick={() => onFilter(selection)}>
        Filter by it
      </Button>
    </Group>
  );
  // As long before the counts are there, so that the table does not move as they come.
  const compared = selected.data && all.data ? `${counted(selected.data.calls, "selected call")} against all ${counted(all.data.calls, "call")}` : "The selected calls against all calls";
  const hint = `${compared}: values with another share, the most telling first.`;
  return (
    <Section title="Why is this different?" hint={hint} actions={actions}>
      <DataTable label="Differences" rows={rows} rowKey={(row) => `${row.field} ${row.value}`} columns={columnsOf(queryOf)} empty={<EmptyState title="The selection looks like everything else">No value has a different share in it than in all calls.</EmptyState>} />
    </Section>
  );
}

/** How a call ended: who selects by one of them learns nothing from the others. */
const endings = ["status", "upstreamstatus", "error", "cause"];

function namedFields(selection: string): ReadonlySet<string> {
  const parsed = parseQuery(selection, Date.now());
  const named = new Set<string>(parsed.ok ? parsed.query.clauses.flatMap((clause) => (clause.kind === "field" ? [clause.field] : [])) : []);
  return endings.some((field) => named.has(field)) ? new Set([...named, ...endings]) : named;
}

function termOf({ field, value }: Difference): string {
  return fieldEntry(field as FieldName).kind === "text" ? term(field as FieldName, value) : `${field}:${value}`;
}

function columnsOf(queryOf: (row: Difference) => string): readonly Column<Difference>[] {
  return [
    { head: "Field", cell: (row) => row.field },
    { head: "Value", cell: (row) => <CallsLink query={queryOf(row)}><ValueText field={row.field} value={row.value} /></CallsLink> },
    { head: "Of the selection", cell: (row) => <Bar share={row.shareInSelection} meaning="error">{percentText(row.shareInSelection)}</Bar> },
    { head: "Of all calls", cell: (row) => <Bar share={row.shareInAll}>{percentText(row.shareInAll)}</Bar> },
  ];
}
