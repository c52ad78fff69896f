/** One channel, or a new one. */
import { IconSend } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Section } from "../../components/page.tsx";
import { EntityPage } from "../../editing/entity-page.tsx";
import { channelPort, type ChannelSource } from "../../editing/entity-port.ts";
import { ChannelForm } from "./channel-form.tsx";
import { TestChannel } from "./channel-list.tsx";

const blank: ChannelSource = { webhook: "" };

export function ChannelPage() {
  const { name } = useParams({ from: "/shell/channels/$name" });
  return <ChannelEditor name={name} />;
}

export function NewChannelPage() {
  return <ChannelEditor name={null} />;
}

function ChannelEditor({ name }: { name: string | null }) {
  const navigate = useNavigate();
  return (
    <EntityPage
      port={channelPort}
      name={name}
      blank={blank}
      write="putChannel"
      icon={<IconSend size={16} stroke={1.6} aria-hidden />}
      form={(form) => <ChannelForm form={form} />}
      below={(entity) => (
        <Section title="Try it" hint="Sends a message now and shows what the receiver answers.">
          <div>
            <TestChannel name={entity.name} />
          </div>
        </Section>
      )}
      onSaved={(entity) => void navigate({ to: "/channels/$name", params: { name: entity.name }, ignoreBlocker: true })}
      onRemoved={() => void navigate({ to: "/alerts", ignoreBlocker: true })}
    />
  );
}
