/** One prompt, or a new one. */
import type { PromptSource } from "@parley/contract/config/prompt";
import { useNavigate, useParams } from "@tanstack/react-router";
import { EntityPage } from "../../editing/entity-page.tsx";
import { PromptForm } from "./prompt-form.tsx";
import { promptPort } from "./prompt-port.ts";
import { TryPrompt } from "./try-prompt.tsx";

const blank: PromptSource = { versions: { v1: { model: "", messages: [{ role: "user", content: "{{text}}" }], variables: { text: {} } } } };

export function PromptPage() {
  const { name } = useParams({ from: "/shell/ai/prompts/$name" });
  return <PromptEditor name={name} />;
}

export function NewPromptPage() {
  return <PromptEditor name={null} />;
}

function PromptEditor({ name }: { name: string | null }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={promptPort}
      name={name}
      blank={blank}
      write="putPrompt"
      form={(form) => <PromptForm form={form} />}
      below={(entity) => <TryPrompt key={entity.etag} name={entity.name} spec={entity.spec} />}
      onSaved={(entity) => void navigate({ to: "/ai/prompts/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/ai/prompts", ignoreBlocker: true })}
    />
  );
}
