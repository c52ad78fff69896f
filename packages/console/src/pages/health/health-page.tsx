/** Is Parley itself well? */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "@mantine/core";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Facts } from "../../components/facts.tsx";
import { When } from "../../components/now.tsx";
import { Page, Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { countText, sizeText } from "../../format/quantities.ts";
import { Findings } from "./findings.tsx";
import { healthSummary } from "./health-summary.ts";
import { Notice } from "../../components/notice.tsx";

type Status = Answer<"getStatus">;

export function HealthPage() {
  const status = useQuery({ ...reading("getStatus"), refetchInterval: 5_000 });
  return (
    <Page title="Health">
      {status.error ? <ProblemNotice error={status.error} onRetry={() => void status.refetch()} /> : null}
      {status.data ? <Health status={status.data} /> : status.isLoading ? <Skeleton height={160} /> : null}
    </Page>
  );
}

function Health({ status }: { status: Status }) {
  const summary = healthSummary(status);
  return (
    <>
      <Notice meaning={summary.well ? "ok" : "error"} title={summary.title}>
        {summary.fix}
      </Notice>
      {status.configuration.length > 0 ? (
        <Section title="Configuration" hint={status.file ?? ""}>
          <Findings findings={status.configuration} />
        </Section>
      ) : null}
      <Section title="Gateways" hint={`The control plane has published version ${status.snapshotVersion}. A gateway that is behind still serves, with its older version.`}>
        <DataTable label="Gateways" columns={gatewayColumns(status.snapshotVersion)} rows={status.gateways} rowKey={(gateway) => String(gateway.worker)} empty={<EmptyState title="No gateway is connected">The supervisor restarts it; its log says why it stopped.</EmptyState>} />
      </Section>
      <Section title="Stores">
        <DataTable label="Stores" columns={storeColumns} rows={status.stores} rowKey={(store) => store.name} />
      </Section>
      {status.lost.length > 0 ? (
        <Section title="Dropped" hint="What was to be recorded or exported and was not, since the processes began. With nothing more for ten minutes it is over.">
          <DataTable label="Dropped" columns={lossColumns} rows={status.lost} rowKey={({ what }) => what} />
        </Section>
      ) : null}
      <Section title="Installation">
        <Facts
          facts={[
            { name: "Version", value: status.version },
            { name: "Configuration", value: status.mode === "file" ? <>the file <code>{status.file}</code></> : "the database, changed here" },
            { name: "Started", value: <When at={status.startedAt} /> },
            { name: "Applications call", value: <code>{status.gatewayPublicUrl}</code> },
            { name: "This page", value: <code>{status.adminUrl}</code> },
            status.disk ? { name: "Room on the disk", value: `${sizeText(status.disk.freeBytes)} of ${sizeText(status.disk.totalBytes)}` } : null,
            status.callLog ? { name: "Call log", value: `${countText(status.callLog.calls)} calls, ${sizeText(status.callLog.bytes)}` } : null,
            status.callLog ? { name: "Waiting in the spool", value: sizeText(status.callLog.spoolBytes) } : null,
          ]}
        />
      </Section>
    </>
  );
}

function gatewayColumns(published: number): readonly Column<Status["gateways"][number]>[] {
  return [
    { head: "Worker", cell: (gateway) => gateway.worker },
    { head: "Runs", cell: (gateway) => (gateway.snapshotVersion === published ? <Chip meaning="ok">version {gateway.snapshotVersion}</Chip> : <Chip meaning="warning">version {gateway.snapshotVersion}, behind</Chip>) },
    { head: "Started", cell: (gateway) => <When at={gateway.startedAt} /> },
    { head: "Connected", cell: (gateway) => <When at={gateway.connectedAt} />, wideOnly: true },
    { head: "Process", cell: (gateway) => gateway.pid, right: true, wideOnly: true },
  ];
}

const lossColumns: readonly Column<Status["lost"][number]>[] = [
  { head: "What", cell: ({ what }) => what },
  { head: "How many", cell: ({ count }) => countText(count), right: true },
  { head: "First", cell: ({ firstAt }) => <When at={firstAt} />, wideOnly: true },
  { head: "Last", cell: ({ lastAt }) => <When at={lastAt} /> },
  { head: "State", cell: ({ goesOn }) => (goesOn ? <Chip meaning="error">goes on</Chip> : <Chip meaning="ok">over</Chip>) },
  { head: "Metric", cell: ({ metric }) => <code>{metric}</code>, wideOnly: true },
];

const storeColumns: readonly Column<Status["stores"][number]>[] = [
  { head: "Store", cell: (store) => store.name },
  { head: "Engine", cell: (store) => store.engine },
  { head: "State", cell: (store) => (store.ok ? <Chip meaning="ok">well</Chip> : <Chip meaning="error">not well</Chip>) },
  { head: "Detail", cell: (store) => store.detail, wideOnly: true },
];
