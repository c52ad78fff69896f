/** One alert with its preview and its history, or a new one. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { IconBell } from "@tabler/icons-react";
import { Section } from "../../components/page.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { alertPort, type AlertSource } from "../../editing/entity-port.ts";
import { AlertForm } from "./alert-form.tsx";
import { AlertHistory } from "./alert-history.tsx";

export function AlertPage() {
  const { name } = useParams({ from: "/shell/alerts/$name" });
  return <AlertEditor name={name} blank={blankFor(undefined)} />;
}

export function NewAlertPage() {
  const { query } = useSearch({ from: "/shell/new/alert" });
  return <AlertEditor name={null} blank={blankFor(query)} />;
}

function blankFor(query: string | undefined): AlertSource {
  // Of calls that somebody looks for, how many there are is the first question.
  return query === undefined ? { when: { metric: "error_rate", above: 0.05, window: "5m" }, notify: [] } : { when: { metric: "calls", query, above: 10, window: "5m" }, notify: [] };
}

function AlertEditor({ name, blank }: { name: string | null; blank: AlertSource }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={alertPort}
      name={name}
      blank={blank}
      write="putAlert"
      icon={<IconBell size={16} stroke={1.6} aria-hidden />}
      form={(form) => <AlertForm form={form} />}
      below={(entity) => (
        <Section title="What happened">
          <AlertHistory alert={entity.name} />
        </Section>
      )}
      onSaved={(entity) => void navigate({ to: "/alerts/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/alerts", ignoreBlocker: true })}
    />
  );
}
