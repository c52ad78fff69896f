/** What alerts did, newest first, and what became of the messages. */
import { Button, Group } from "@mantine/core";
import type { AlertEvent } from "@parley/contract/api/alerts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { Chip, type Meaning } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { When } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { CallsLink } from "../../observe/calls-link.tsx";
import { AlertEventChip } from "./alert-chips.tsx";

const lookAgainMs = 5_000;

/** Of one alert, or of all. */
export function AlertHistory({ alert }: { alert?: string }) {
  const events = useInfiniteQuery({
    queryKey: ["listAlertEvents", alert ?? null],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => call("listAlertEvents", { query: { limit: 30, ...(alert === undefined ? {} : { alert }), ...(pageParam === null ? {} : { after: Number(pageParam) }) } }, signal),
    getNextPageParam: (page) => page.next,
    refetchInterval: lookAgainMs,
  });
  const rows = events.data?.pages.flatMap((page) => page.items);
  const shown = alert === undefined ? columns : columns.filter(({ head }) => head !== "Alert");
  if (events.error && !rows) return <ProblemNotice error={events.error} onRetry={() => void events.refetch()} />;
  return (
    <>
      <DataTable label="What happened" columns={shown} rows={rows} rowKey={(event) => String(event.id)} empty={<p>Nothing has fired yet.</p>} />
      {events.hasNextPage ? (
        <div>
          <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
            Older events
          </Button>
        </div>
      ) : null}
    </>
  );
}

const columns: readonly Column<AlertEvent>[] = [
  { head: "When", cell: (event) => <When at={event.at} /> },
  { head: "Alert", cell: (event) => <Link to="/alerts/$name" params={{ name: event.alert }}>{event.alert}</Link> },
  { head: "What", cell: (event) => <><AlertEventChip kind={event.kind} /> {event.by ? `by ${event.by}` : null}</> },
  { head: "Why", cell: (event) => event.reason, wideOnly: true },
  { head: "Calls", cell: (event) => (event.query === "" ? null : <CallsLink query={event.query} worded>show</CallsLink>) },
  { head: "Told", cell: (event) => <Group gap={4}>{event.deliveries.map((delivery) => <Delivery key={delivery.id} delivery={delivery} />)}</Group>, wideOnly: true },
];

const meanings: Record<AlertEvent["deliveries"][number]["state"], Meaning> = { waiting: "warning", delivered: "ok", "given-up": "error" };

function Delivery({ delivery: { channel, state, attempts, error } }: { delivery: AlertEvent["deliveries"][number] }) {
  return (
    <Chip meaning={meanings[state]} title={error ?? `${attempts} tried`}>
      {channel}: {state === "given-up" ? "given up" : state}
    </Chip>
  );
}
