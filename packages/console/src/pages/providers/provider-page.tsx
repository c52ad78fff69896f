/** One provider, or a new one. */
import type { ProviderSource } from "@parley/contract/config/ai";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { reading } from "../../api/queries.ts";
import { kindIcons } from "../../components/entity-link.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { providerPort } from "../../editing/entity-port.ts";
import { ProviderForm } from "./provider-form.tsx";

const Icon = kindIcons.provider;

export function ProviderPage() {
  const { name } = useParams({ from: "/shell/ai/providers/$name" });
  return <ProviderEditor name={name} kind="openai" />;
}

export function NewProviderPage() {
  const { kind } = useSearch({ from: "/shell/new/provider" });
  // Another kind in the address begins another form.
  return <ProviderEditor key={kind} name={null} kind={kind ?? "openai"} />;
}

function ProviderEditor({ name, kind }: { name: string | null; kind: string }) {
  const navigate = useNavigate();
  const existing = useQuery({ ...reading("listProviders"), enabled: name === null });
  const blank = useMemo((): ProviderSource => ({ kind }), [kind]);
  const isTaken = existing.data?.items.some((entry) => entry.name === kind) ?? false;
  return (
    <EntityPage
      port={providerPort}
      name={name}
      blank={blank}
      suggestedName={existing.data ? (isTaken ? "" : kind) : undefined}
      write="putProvider"
      icon={<Icon size={16} stroke={1.6} aria-hidden />}
      form={(form) => <ProviderForm form={form} name={name} />}
      onSaved={(entity) => void navigate({ to: "/ai/providers/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/ai/providers", ignoreBlocker: true })}
    />
  );
}
