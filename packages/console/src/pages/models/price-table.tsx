/** Every model that can be asked by name, with its price, and where the price is from. */
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { countText } from "../../format/quantities.ts";
import { usdText } from "./price-text.ts";

type Model = Answer<"getModelState">["models"][number];

const sources = { configuration: "set here", catalogue: "catalogue", free: "free" } as const;

function usdColumn(head: string, of: "input" | "output" | "cacheRead" | "cacheWrite", wideOnly: boolean): Column<Model> {
  return { head, right: true, wideOnly, cell: ({ price }) => (price === null ? "–" : usdText(price[of])) };
}

const columns: readonly Column<Model>[] = [
  { head: "Model", cell: ({ name }) => <code>{name}</code> },
  usdColumn("Input", "input", false),
  usdColumn("Output", "output", false),
  usdColumn("Cache read", "cacheRead", true),
  usdColumn("Cache write", "cacheWrite", true),
  { head: "Price from", wideOnly: true, cell: ({ price }) => (price === null ? <Chip meaning="warning">not known</Chip> : <Chip>{sources[price.source]}</Chip>) },
  { head: "Context", right: true, wideOnly: true, cell: ({ contextWindow }) => (contextWindow === null ? "–" : `${countText(contextWindow)} tokens`) },
  { head: "For", wideOnly: true, cell: ({ capabilities }) => capabilities.join(", ") },
  { head: "", right: true, cell: ({ name, capabilities }) => (capabilities.includes("chat") ? <Link to="/ai/playground" search={{ models: name }} aria-label={`Try ${name}`}>try</Link> : null) },
];

export function PriceTable() {
  const state = useQuery(reading("getModelState"));
  const [text, setText] = useState("");
  const words = text.toLowerCase().split(/\s+/);
  const found = state.data?.models.filter((model) => words.every((word) => model.name.toLowerCase().includes(word)));
  const empty = text === "" ? (
    <EmptyState title="No models yet" action={<LinkButton to="/ai/providers">Providers</LinkButton>}>Add a provider; its models and their prices are listed here.</EmptyState>
  ) : (
    <EmptyState title={`No model has ${text} in its name`} />
  );
  return (
    <Section
      title="Models and prices"
      hint={<>In USD for a million tokens. Prices come with the program; <code>ai.prices</code> overrides them. An unknown price is not 0.</>}
      actions={<TextInput aria-label="Find a model" placeholder="Find a model" w={200} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />}
    >
      {state.error ? <ProblemNotice error={state.error} onRetry={() => void state.refetch()} /> : null}
      {state.data || state.isLoading ? <DataTable label="Models and prices" columns={columns} rows={found} rowKey={({ name }) => name} empty={empty} /> : null}
    </Section>
  );
}
