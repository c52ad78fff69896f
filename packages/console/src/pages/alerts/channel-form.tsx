/** A channel as a form: its kind, and what that kind needs. */
import { channelKinds, type ChannelKind, kindOf } from "@parley/contract/config/channel-kinds";
import { Select } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import type { ChannelSource } from "../../editing/entity-port.ts";
import { ChoiceField, CountField, TextField, WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { SecretField } from "../../editing/secret-field.tsx";

/** A kind as the form offers it: what to call it, what it begins with, and what it needs. */
interface Kind {
  label: string;
  blank: ChannelSource;
  fields: (form: FormProps<ChannelSource>) => ReactNode;
}

const kinds: Readonly<Record<ChannelKind, Kind>> = {
  webhook: {
    label: "Webhook, signed",
    blank: { webhook: "" },
    fields: (form) => (
      <>
        <TextField form={form} path={["webhook"]} label="URL" placeholder="https://hooks.example.com/parley" />
        <SecretField form={form} path={["secret"]} label="Secret" description="Optional: signs each message." />
      </>
    ),
  },
  slack: {
    label: "Slack, or what takes its messages",
    blank: { slack: "" },
    fields: (form) => <SecretField form={form} path={["slack"]} label="Incoming webhook's URL" description="Keep it secret: whoever knows it can post there." />,
  },
  teams: {
    label: "Microsoft Teams",
    blank: { teams: "" },
    fields: (form) => <SecretField form={form} path={["teams"]} label="Workflow's URL" description="Keep it secret: whoever knows it can post there." />,
  },
  pagerduty: {
    label: "PagerDuty",
    blank: { pagerduty: { routingKey: "" } },
    fields: (form) => <SecretField form={form} path={["pagerduty", "routingKey"]} label="Integration key" description="Of an Events API v2 integration." />,
  },
  email: { label: "Mail", blank: { email: { to: [], from: "", host: "" } }, fields: (form) => <MailFields form={form} /> },
};

const choices = channelKinds.map((kind) => ({ value: kind, label: kinds[kind].label }));

export function ChannelForm({ form }: { form: FormProps<ChannelSource> }) {
  const kind = kindOf(form.spec);
  return (
    <Section title="Where to">
      <div className={classes["fields"]}>
        <Select label="Kind" data={choices} allowDeselect={false} readOnly={form.readOnly} value={kind} onChange={(value) => form.onChange(kinds[value ?? "webhook"].blank)} />
        <Fragment key={kind}>{kinds[kind].fields(form)}</Fragment>
      </div>
    </Section>
  );
}

function MailFields({ form }: { form: FormProps<ChannelSource> }) {
  return (
    <>
      <WordsField form={form} path={["email", "to"]} label="To" placeholder="on-call@example.com" suggestions={[]} keepEmpty />
      <TextField form={form} path={["email", "from"]} label="From" placeholder="parley@example.com" />
      <TextField form={form} path={["email", "host"]} label="Mail server" placeholder="smtp.example.com" />
      <CountField form={form} path={["email", "port"]} label="Port" placeholder="587" />
      <ChoiceField form={form} path={["email", "security"]} label="Encryption" choices={[{ value: "starttls", label: "STARTTLS" }, { value: "tls", label: "TLS from the start" }, { value: "none", label: "none" }]} fallback="starttls" />
      <TextField form={form} path={["email", "user"]} label="User" />
      <SecretField form={form} path={["email", "password"]} label="Password" />
    </>
  );
}
