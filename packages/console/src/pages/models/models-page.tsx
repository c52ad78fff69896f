/** Which names do applications use for models, and what answers? */
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
import { PriceTable } from "./price-table.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useShortcut } from "../../shell/shortcuts.tsx";

type Row = Answer<"listModels">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Alias", cell: (row) => <EntityLink kind="model" name={row.name} /> },
  { head: "Strategy", cell: (row) => <Chip>{row.spec.strategy ?? "failover"}</Chip> },
  { head: "Targets, in order", cell: (row) => row.spec.targets.map((target) => target.model).join(" → ") },
  { head: "Calls", cell: (row) => <Link to="/calls" search={callsWith("model", row.name)}>show</Link>, wideOnly: true },
  { head: "Changed", cell: (row) => <When at={row.updatedAt} />, right: true, wideOnly: true },
];

export function ModelsPage() {
  const models = useQuery(reading("listModels"));
  const navigate = useNavigate();
  useShortcut("n", "Add a model alias", () => void navigate({ to: "/new/model" }));
  const add = (
    <LinkButton leftSection={<IconPlus size={14} />} to="/new/model">
      Add an alias
    </LinkButton>
  );
  const empty = (
    <EmptyState title="No alias yet" action={add}>
      Applications can name any model as <code>provider/model</code> without one. An alias such as <code>assistant</code> lets you change the model and its fallbacks without touching applications.
    </EmptyState>
  );
  return (
    <Page title="Models" actions={models.data?.items.length ? add : null}>
      {models.error ? <ProblemNotice error={models.error} onRetry={() => void models.refetch()} /> : null}
      {models.data || models.isLoading ? <DataTable label="Model aliases" columns={columns} rows={models.data?.items} rowKey={(row) => row.name} empty={empty} /> : null}
      <PriceTable />
    </Page>
  );
}
