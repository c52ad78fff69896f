/** Which applications may call, what, and how much? */
import { callsWith } from "../calls/search.ts";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { LinkButton } from "../../components/link-button.tsx";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { When } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { limitText } from "../../editing/limit-kinds.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";

type Row = Answer<"listConsumers">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Name", sortBy: (row) => row.name, cell: (row) => <EntityLink kind="consumer" name={row.name} /> },
  { head: "May call", cell: (row) => row.spec.access?.join(", ") ?? "everything" },
  { head: "Limits", cell: (row) => (row.spec.limits ?? []).map(limitText).join(", ") || "none", wideOnly: true },
  { head: "Calls", cell: (row) => <Link to="/calls" search={callsWith("consumer", row.name)}>show</Link>, wideOnly: true },
  { head: "Changed", sortBy: (row) => row.updatedAt, cell: (row) => <When at={row.updatedAt} />, right: true, wideOnly: true },
];

const nameOf = (row: Row): string => row.name;

export function ConsumersPage() {
  const consumers = useQuery(reading("listConsumers"));
  const navigate = useNavigate();
  useShortcut("n", "Add a consumer", () => void navigate({ to: "/new/consumer" }));
  const add = (
    <LinkButton leftSection={<IconPlus size={14} />} to="/new/consumer">
      Add a consumer
    </LinkButton>
  );
  const empty = (
    <EmptyState title="No consumer yet" action={add}>
      A consumer is an application that calls. It has keys, limits, and a list of what it may call.
    </EmptyState>
  );
  return (
    <Page title="Consumers" actions={consumers.data?.items.length ? add : null}>
      {consumers.error ? <ProblemNotice error={consumers.error} onRetry={() => void consumers.refetch()} /> : null}
      {consumers.data || consumers.isLoading ? <DataTable label="Consumers" columns={columns} rows={consumers.data?.items} rowKey={nameOf} findBy={nameOf} empty={empty} /> : null}
    </Page>
  );
}
