/** The providers that are known by name, each with the way to add it. */
import { useQuery } from "@tanstack/react-query";
import { LinkButton } from "../../components/link-button.tsx";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";

type Known = Answer<"listKnownProviders">["items"][number];

export function Catalogue({ configured }: { configured: readonly { name: string; spec: { kind?: string | undefined } }[] }) {
  const catalogue = useQuery(reading("listKnownProviders"));
  const has = (known: Known) => configured.some((entry) => (entry.spec.kind ?? entry.name) === known.name);
  const columns: readonly Column<Known>[] = [
    { head: "Provider", cell: (known) => known.title },
    { head: "Key's variable", cell: (known) => (known.keyVariable ? <code>{known.keyVariable}</code> : "none needed"), wideOnly: true },
    { head: "Models to begin with", cell: (known) => known.models.slice(0, 3).join(", ") || "its own list", wideOnly: true },
    {
      head: "",
      right: true,
      cell: (known) => (
        <LinkButton variant="default" to="/new/provider" search={{ kind: known.name }}>
          {has(known) ? "Add another" : "Add"}
        </LinkButton>
      ),
    },
  ];
  if (catalogue.error && !catalogue.data) return <ProblemNotice error={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  return <DataTable label="Known providers" columns={columns} rows={catalogue.data?.items} rowKey={(known) => known.name} />;
}
