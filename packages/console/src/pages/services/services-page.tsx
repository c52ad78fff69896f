/** What is published, to whom, how it is protected, and where it runs? */
import { callsWith } from "../calls/search.ts";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { LinkButton } from "../../components/link-button.tsx";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { When } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { limitText } from "../../editing/limit-kinds.ts";
import { optionText } from "../../protection/option-text.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import classes from "./services.module.css";

type Row = Answer<"listServices">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Name", sortBy: (row) => row.name, cell: (row) => <EntityLink kind="service" name={row.name} /> },
  { head: "Path", sortBy: (row) => row.spec.path, cell: (row) => <code>{row.spec.path}</code> },
  { head: "Runs at", cell: (row) => <Targets row={row} />, wideOnly: true },
  { head: "Access", cell: (row) => <Chip meaning={row.spec.access === "open" ? "warning" : "neutral"}>{row.spec.access ?? "key"}</Chip> },
  { head: "Protection", cell: (row) => <Protection row={row} />, wideOnly: true },
  { head: "Limits", cell: (row) => <Limits row={row} />, wideOnly: true },
  { head: "Calls", cell: (row) => <Link to="/calls" search={callsWith("service", row.name)}>show</Link>, wideOnly: true },
  { head: "Changed", sortBy: (row) => row.updatedAt, cell: (row) => <When at={row.updatedAt} />, wideOnly: true, right: true },
];

const nameOf = (row: Row): string => row.name;
const nameAndPath = (row: Row): string => `${row.name} ${row.spec.path}`;

/** What becomes of its conflicts. */
function Protection({ row }: { row: Row }) {
  const { mode = "observe", strategy = "reject" } = row.spec.conflict ?? {};
  const isGuarded = mode === "enforce" || mode === "require";
  if (isGuarded && strategy === "last-write-wins") return <Chip meaning="neutral" title="The last write stands; what it replaced can be brought back">{optionText({ mode, strategy })}</Chip>;
  return <Chip meaning={isGuarded ? "ok" : "neutral"} title={isGuarded ? "Stale writes are refused, or resolved" : "Nothing is prevented"}>{optionText({ mode, strategy })}</Chip>;
}

/** Each on a line of its own. */
function Limits({ row }: { row: Row }) {
  const limits = (row.spec.limits ?? []).map(limitText);
  if (limits.length === 0) return <>none</>;
  return limits.map((text) => (
    <div key={text} className={classes["limit"]}>
      {text}
    </div>
  ));
}

function Targets({ row }: { row: Row }) {
  const targets = row.spec.upstream?.targets ?? [];
  const [first] = targets;
  if (!first) return <>by version</>;
  return (
    <>
      <code>{first.url}</code>
      {targets.length > 1 ? ` +${targets.length - 1}` : ""}
    </>
  );
}

export function ServicesPage() {
  const services = useQuery(reading("listServices"));
  const navigate = useNavigate();
  useShortcut("n", "Add a service", () => void navigate({ to: "/new/service" }));
  const add = (
    <LinkButton leftSection={<IconPlus size={14} />} to="/new/service">
      Add a service
    </LinkButton>
  );
  const empty = (
    <EmptyState title="No service is published yet" action={add}>
      A service is an API behind this gateway: a path that applications call, and the address where it runs. AI models need none; they are under Providers.
    </EmptyState>
  );
  return (
    <Page title="Services" actions={services.data?.items.length ? add : null}>
      {services.error ? <ProblemNotice error={services.error} onRetry={() => void services.refetch()} /> : null}
      {services.data || services.isLoading ? <DataTable label="Services" columns={columns} rows={services.data?.items} rowKey={nameOf} findBy={nameAndPath} empty={empty} /> : null}
    </Page>
  );
}
