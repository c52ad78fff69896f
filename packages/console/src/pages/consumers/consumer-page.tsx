/** One consumer with its keys, or a new one. */
import type { ConsumerSource } from "@parley/contract/config/consumer";
import { useNavigate, useParams } from "@tanstack/react-router";
import { kindIcons } from "../../components/entity-link.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { consumerPort } from "../../editing/entity-port.ts";
import { ConsumerForm } from "./consumer-form.tsx";
import { KeysSection } from "./keys-section.tsx";
import { UsageSection } from "./usage-section.tsx";

const blank: ConsumerSource = {};
const Icon = kindIcons.consumer;

export function ConsumerPage() {
  const { name } = useParams({ from: "/shell/consumers/$name" });
  return <ConsumerEditor name={name} />;
}

export function NewConsumerPage() {
  return <ConsumerEditor name={null} />;
}

function ConsumerEditor({ name }: { name: string | null }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={consumerPort}
      name={name}
      blank={blank}
      write="putConsumer"
      icon={<Icon size={16} stroke={1.6} aria-hidden />}
      form={(form) => <ConsumerForm form={form} />}
      below={(entity) => (
        <>
          <UsageSection consumer={entity} />
          <KeysSection consumer={entity} />
        </>
      )}
      onSaved={(entity) => void navigate({ to: "/consumers/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/consumers", ignoreBlocker: true })}
    />
  );
}
