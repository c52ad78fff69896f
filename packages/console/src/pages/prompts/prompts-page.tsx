/** Which prompts are published as APIs, and for which models? */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { When } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { defaultVersion } from "./versions.ts";

type Row = Answer<"listPrompts">["items"][number];

const columns: readonly Column<Row>[] = [
  { head: "Name", cell: ({ name }) => <Link to="/ai/prompts/$name" params={{ name }}>{name}</Link> },
  { head: "Called at", cell: ({ name }) => <code>POST /prompts/{name}</code> },
  { head: "Versions", cell: ({ spec }) => Object.keys(spec.versions).map((version) => <Chip key={version} meaning={version === defaultVersion(spec) ? "accent" : "neutral"}>{version}</Chip>) },
  { head: "Model", wideOnly: true, cell: ({ spec }) => <code>{spec.versions[defaultVersion(spec)]?.model}</code> },
  { head: "About", wideOnly: true, cell: ({ spec }) => spec.description ?? "" },
  { head: "Changed", right: true, wideOnly: true, cell: ({ updatedAt }) => <When at={updatedAt} /> },
];

export function PromptsPage() {
  const prompts = useQuery(reading("listPrompts"));
  const navigate = useNavigate();
  useShortcut("n", "Add a prompt", () => void navigate({ to: "/new/prompt" }));
  const add = <LinkButton leftSection={<IconPlus size={14} />} to="/new/prompt">Add a prompt</LinkButton>;
  const empty = (
    <EmptyState title="No prompt is published yet" action={add}>
      A prompt is a text with variables and a model. Applications send only the variables to <code>POST /prompts/its-name</code>, so you can change and version the text without them.
    </EmptyState>
  );
  return (
    <Page title="Prompts" actions={prompts.data?.items.length ? add : null}>
      {prompts.error ? <ProblemNotice error={prompts.error} onRetry={() => void prompts.refetch()} /> : null}
      {prompts.data || prompts.isLoading ? <DataTable label="Prompts" columns={columns} rows={prompts.data?.items} rowKey={({ name }) => name} empty={empty} /> : null}
    </Page>
  );
}
