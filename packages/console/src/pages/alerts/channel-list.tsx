/** Where alerts are sent, each to be tried with a click. */
import { kindOf } from "@parley/contract/config/channel-kinds";
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { shownProblem } from "../../api/problem-error.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useToast } from "../../components/toast.tsx";
import { durationText } from "../../format/quantities.ts";

type Row = Answer<"listChannels">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Channel", cell: (row) => <Link to="/channels/$name" params={{ name: row.name }}>{row.name}</Link> },
  { head: "Kind", cell: (row) => kindOf(row.spec) },
  { head: "Changed", cell: (row) => <When at={row.updatedAt} />, wideOnly: true },
  { head: "", right: true, cell: (row) => <TestChannel name={row.name} /> },
];

export function ChannelList() {
  const channels = useQuery(reading("listChannels"));
  const add = (
    <LinkButton variant="default" leftSection={<IconPlus size={14} />} to="/new/channel">
      Add a channel
    </LinkButton>
  );
  return (
    <Section title="Channels" hint="Where alerts are sent: webhooks, Slack, Teams, PagerDuty, mail." actions={add}>
      {channels.error ? <ProblemNotice error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      {channels.data || channels.isLoading ? <DataTable label="Channels" columns={columns} rows={channels.data?.items} rowKey={(row) => row.name} empty={<EmptyState title="No channel yet">Without one, alerts are shown here and nobody is notified.</EmptyState>} /> : null}
    </Section>
  );
}

export function TestChannel({ name }: { name: string }) {
  const toast = useToast();
  const test = useMutation({
    mutationFn: () => call("testChannel", { path: { name } }),
    onSuccess: ({ delivered, detail, tookMs }) => toast(delivered ? `${name} took the message within ${durationText(tookMs)}.` : `${name} did not take it: ${detail}`),
    onError: (error) => toast(`${shownProblem(error).title}: ${shownProblem(error).detail}`),
  });
  return (
    <May do="testChannel">
      {(disabled) => (
        <Button variant="default" disabled={disabled} loading={test.isPending} onClick={() => test.mutate()} aria-label={`Send a test to ${name}`}>
          Send a test
        </Button>
      )}
    </May>
  );
}
