/** Who and what stands behind the figures: services, consumers, models, resources, causes and statuses. */
import type { ConflictCause } from "@parley/contract/conflicts/cause";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EntityName } from "../../components/entity-link.tsx";
import { Section } from "../../components/page.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { costText, countText, durationText, percentText, shortCountText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import type { Overview } from "./overview-tiles.tsx";
import classes from "./overview.module.css";

type Service = Overview["services"][number];
type Top = Overview["consumers"][number];

export function OverviewTops({ overview }: { overview: Overview }) {
  return (
    <div className={classes["tops"]}>
      <Top title="Services" rows={overview.services} columns={serviceColumns} rowKey={(row) => row.service} wide />
      <Top title="Consumers" rows={overview.consumers} columns={topColumns("consumer")} rowKey={(row) => row.value} />
      <Top title="Models" rows={overview.models} columns={modelColumns} rowKey={(row) => row.value} />
      <Top title="Hottest resources" rows={overview.resources} columns={resourceColumns} rowKey={(row) => `${row.service} ${row.value}`} />
      <Top title="Conflicts by cause" rows={overview.causes} columns={causeColumns} rowKey={(row) => row.cause} />
      <Top title="Statuses" rows={overview.statuses} columns={statusColumns} rowKey={(row) => String(row.status)} />
    </div>
  );
}

function Top<Row>({ title, rows, columns, rowKey, wide = false }: { title: string; rows: readonly Row[]; columns: readonly Column<Row>[]; rowKey: (row: Row) => string; wide?: boolean }) {
  if (rows.length === 0) return null;
  return (
    <div data-wide={wide || undefined}>
      <Section title={title}>
        <DataTable label={title} rows={rows} columns={columns} rowKey={rowKey} />
      </Section>
    </div>
  );
}

const share = (part: number, whole: number) => percentText(whole === 0 ? null : part / whole);

const serviceColumns: readonly Column<Service>[] = [
  { head: "Service", cell: (row) => (row.service === "" ? <em>no service had the path</em> : <EntityName kind="service" name={row.service} />) },
  { head: "Calls", right: true, cell: (row) => <CallsLink query={row.queries.calls}>{countText(row.calls)}</CallsLink> },
  { head: "Errors", right: true, cell: (row) => <CallsLink query={row.queries.errors}>{share(row.errors, row.calls)}</CallsLink> },
  { head: "Conflicts", right: true, cell: (row) => <CallsLink query={row.queries.conflicts}>{countText(row.conflicts)}</CallsLink> },
  { head: "p50", right: true, wideOnly: true, cell: (row) => (row.p50Ms === null ? "–" : durationText(row.p50Ms)) },
  { head: "p95", right: true, wideOnly: true, cell: (row) => (row.p95Ms === null ? "–" : durationText(row.p95Ms)) },
  { head: "Cost", right: true, wideOnly: true, cell: (row) => (row.costUsd === 0 ? "" : costText(row.costUsd)) },
];

function topColumns(kind: "consumer"): readonly Column<Top>[] {
  return [
    { head: "Consumer", cell: (row) => <EntityName kind={kind} name={row.value} /> },
    { head: "Calls", right: true, cell: (row) => <CallsLink query={row.query}>{countText(row.calls)}</CallsLink> },
    { head: "Errors", right: true, cell: (row) => <CallsLink query={`${row.query} status:500..599`}>{share(row.errors, row.calls)}</CallsLink> },
    { head: "Conflicts", right: true, wideOnly: true, cell: (row) => <CallsLink query={`${row.query} cause:*`}>{countText(row.conflicts)}</CallsLink> },
    { head: "Cost", right: true, wideOnly: true, cell: (row) => (row.costUsd === 0 ? "" : costText(row.costUsd)) },
  ];
}

const modelColumns: readonly Column<Top>[] = [
  { head: "Model", cell: (row) => <EntityName kind="model" name={row.value} /> },
  { head: "Calls", right: true, cell: (row) => <CallsLink query={row.query}>{countText(row.calls)}</CallsLink> },
  { head: "Tokens", right: true, cell: (row) => shortCountText(row.inputTokens + row.outputTokens) },
  { head: "Cost", right: true, cell: (row) => costText(row.costUsd) },
];

const resourceColumns: readonly Column<Top>[] = [
  { head: "Resource", cell: (row) => <code title={row.value}>{row.value}</code> },
  { head: "Writes", right: true, cell: (row) => <CallsLink query={row.query}>{countText(row.calls)}</CallsLink> },
  { head: "Conflicts", right: true, cell: (row) => <CallsLink query={`${row.query} cause:*`}>{countText(row.conflicts)}</CallsLink> },
];

const causeColumns: readonly Column<Overview["causes"][number]>[] = [
  { head: "Cause", cell: (row) => <CauseChip cause={row.cause as ConflictCause} /> },
  { head: "Calls", right: true, cell: (row) => <CallsLink query={row.query}>{countText(row.calls)}</CallsLink> },
  { head: "Of all calls", right: true, cell: (row) => percentText(row.rate) },
];

const statusColumns: readonly Column<Overview["statuses"][number]>[] = [
  { head: "Status", cell: (row) => <StatusChip status={row.status} /> },
  { head: "Calls", right: true, cell: (row) => <CallsLink query={row.query}>{countText(row.calls)}</CallsLink> },
];
