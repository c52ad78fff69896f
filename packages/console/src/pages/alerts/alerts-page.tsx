/** What am I told, and when? How each alert stands, what they did, and where they are sent. */
import { metricNames } from "@parley/contract/config/alert-metric-names";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Below } from "../../components/below.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { When } from "../../components/now.tsx";
import { Page, Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { CallsLink } from "../../observe/calls-link.tsx";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { AlertActions } from "./alert-actions.tsx";
import { AlertStateChip } from "./alert-chips.tsx";
import { AlertHistory } from "./alert-history.tsx";
import { ChannelList } from "./channel-list.tsx";
import { metricText } from "./metric-text.ts";

type Row = Answer<"listAlertStates">["items"][number];

const lookAgainMs = 5_000;

const columns: readonly Column<Row>[] = [
  { head: "Alert", cell: (row) => <Link to="/alerts/$name" params={{ name: row.alert }}>{row.alert}</Link> },
  { head: "State", cell: (row) => <AlertStateChip state={row.state} /> },
  { head: "Since", cell: (row) => <When at={row.since} />, wideOnly: true },
  { head: "Measured", cell: (row) => <Measured row={row} /> },
  { head: "Why", cell: (row) => row.reason, wideOnly: true },
  { head: "", right: true, cell: (row) => <AlertActions state={row} /> },
];

function Measured({ row }: { row: Row }) {
  const text = (
    <>
      {(metricNames as Record<string, string>)[row.metric] ?? row.metric}: <span style={{ whiteSpace: "nowrap" }}>{metricText(row.metric, row.value)}</span>
    </>
  );
  return row.query === "" ? text : <CallsLink query={row.query} title="Show the calls">{text}</CallsLink>;
}

export function AlertsPage() {
  const states = useQuery({ ...reading("listAlertStates"), refetchInterval: lookAgainMs });
  const channels = useQuery(reading("listChannels"));
  const navigate = useNavigate();
  useShortcut("n", "Add an alert", () => void navigate({ to: "/new/alert" }));
  const add = (
    <LinkButton leftSection={<IconPlus size={14} />} to="/new/alert">
      Add an alert
    </LinkButton>
  );
  const empty = (
    <EmptyState title="No alert yet" action={<LinkButton to="/new/alert">Add an alert</LinkButton>}>
      An alert watches the calls of a filter and notifies a channel, with a link to the calls. Before you save it, you see when it would have fired in the last week.
    </EmptyState>
  );
  return (
    <Page title="Alerts" actions={add}>
      {states.error ? <ProblemNotice error={states.error} onRetry={() => void states.refetch()} /> : null}
      {states.data || states.isLoading ? <DataTable label="Alerts" columns={columns} rows={states.data?.items} rowKey={(row) => row.alert} empty={empty} /> : null}
      <Below ready={!states.isLoading}>
        <ChannelList />
        <Below ready={!channels.isLoading}>
          {/* The longest part, and the one that grows, pushes nothing away where it is the last. */}
          <Section title="What happened">
            <AlertHistory />
          </Section>
        </Below>
      </Below>
    </Page>
  );
}
