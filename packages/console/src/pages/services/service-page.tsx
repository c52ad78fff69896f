/** One service, or a new one. */
import type { ServiceSource } from "@parley/contract/config/service";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { kindIcons } from "../../components/entity-link.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { servicePort } from "../../editing/entity-port.ts";
import { ProtectionSection } from "../../protection/protection-section.tsx";
import { ServiceForm } from "./service-form.tsx";

const blank: ServiceSource = { path: "", upstream: { targets: [{ url: "" }] } };
const Icon = kindIcons.service;

export function ServicePage() {
  const { name } = useParams({ from: "/shell/services/$name" });
  return <ServiceEditor name={name} />;
}

export function NewServicePage() {
  return <ServiceEditor name={null} />;
}

function ServiceEditor({ name }: { name: string | null }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={servicePort}
      name={name}
      blank={blank}
      write="putService"
      icon={<Icon size={16} stroke={1.6} aria-hidden />}
      above={(entity) => (
        <div>
          <LinkButton variant="default" leftSection={<IconArrowsSplit2 size={14} />} to="/services/$name/traffic" params={{ name: entity.name }}>
            Traffic, versions and a call to try
          </LinkButton>
        </div>
      )}
      form={(form) => <ServiceForm form={form} />}
      below={(entity) => <ProtectionSection service={entity.name} />}
      onSaved={(entity) => void navigate({ to: "/services/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/services", ignoreBlocker: true })}
    />
  );
}
