/** Whose models can be called, and who owns their keys? */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LinkButton } from "../../components/link-button.tsx";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { When } from "../../components/now.tsx";
import { Page, Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { OriginChip } from "../../editing/origin.tsx";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { Catalogue } from "./catalogue.tsx";
import { KeyState } from "./key-state.tsx";

type Row = Answer<"listProviders">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Name", cell: (row) => <EntityLink kind="provider" name={row.name} /> },
  { head: "Speaks", cell: (row) => row.spec.kind ?? row.name, wideOnly: true },
  { head: "Key", cell: (row) => <KeyState name={row.name} spec={row.spec} origin={row.origin} /> },
  { head: "Owner", cell: (row) => <OriginChip origin={row.origin} /> },
  { head: "Models", cell: (row) => (row.spec.models ? <Chip>{row.spec.models.length} named</Chip> : "what is known of it"), wideOnly: true },
  { head: "Changed", cell: (row) => <When at={row.updatedAt} />, right: true, wideOnly: true },
];

export function ProvidersPage() {
  const providers = useQuery(reading("listProviders"));
  const navigate = useNavigate();
  useShortcut("n", "Add a provider", () => void navigate({ to: "/new/provider" }));
  const add = (
    <LinkButton leftSection={<IconPlus size={14} />} to="/new/provider">
      Add a provider
    </LinkButton>
  );
  const empty = (
    <EmptyState title="No provider yet" action={<LinkButton to="/new/provider" search={{ kind: "sandbox" }}>Add the sandbox</LinkButton>}>
      The sandbox needs no key and no network. Choose a real provider below, or start Parley with its usual variable, such as <code>OPENAI_API_KEY</code>.
    </EmptyState>
  );
  return (
    <Page title="Providers" actions={add}>
      {providers.error ? <ProblemNotice error={providers.error} onRetry={() => void providers.refetch()} /> : null}
      {providers.data || providers.isLoading ? <DataTable label="Providers" columns={columns} rows={providers.data?.items} rowKey={(row) => row.name} empty={empty} /> : null}
      <Section title="Known providers" hint="They need only a key. For a second account, add another provider of the same kind.">
        <Catalogue configured={providers.data?.items ?? []} />
      </Section>
    </Page>
  );
}
