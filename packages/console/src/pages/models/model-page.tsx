/** One model alias, or a new one. */
import type { ModelSource } from "@parley/contract/config/ai";
import { useNavigate, useParams } from "@tanstack/react-router";
import { kindIcons } from "../../components/entity-link.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { modelPort } from "../../editing/entity-port.ts";
import { FailoverChain } from "./failover-chain.tsx";
import { ModelForm } from "./model-form.tsx";

const blank: ModelSource = { strategy: "failover", targets: [{ model: "" }] };
const Icon = kindIcons.model;

export function ModelPage() {
  const { name } = useParams({ from: "/shell/ai/models/$name" });
  return <ModelEditor name={name} />;
}

export function NewModelPage() {
  return <ModelEditor name={null} />;
}

function ModelEditor({ name }: { name: string | null }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={modelPort}
      name={name}
      blank={blank}
      write="putModel"
      icon={<Icon size={16} stroke={1.6} aria-hidden />}
      above={(entity) => <FailoverChain name={entity.name} spec={entity.spec} />}
      form={(form) => <ModelForm form={form} />}
      onSaved={(entity) => void navigate({ to: "/ai/models/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/ai/models", ignoreBlocker: true })}
    />
  );
}
