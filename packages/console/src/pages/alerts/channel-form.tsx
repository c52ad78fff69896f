/** A channel as a form: its kind, and what that kind needs. */
import { Select } from "@mantine/core";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import type { ChannelSource } from "../../editing/entity-port.ts";
import { ChoiceField, CountField, TextField, WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { SecretField } from "../../editing/secret-field.tsx";
import { kindNameOf } from "./channel-list.tsx";

const kinds = [
  { value: "webhook", label: "Webhook, signed" },
  { value: "slack", label: "Slack, or what takes its messages" },
  { value: "teams", label: "Microsoft Teams" },
  { value: "pagerduty", label: "PagerDuty" },
  { value: "email", label: "Mail" },
];

const blanks: Readonly<Record<string, ChannelSource>> = {
  webhook: { webhook: "" }, slack: { slack: "" }, teams: { teams: "" }, pagerduty: { pagerduty: { routingKey: "" } }, email: { email: { to: [], from: "", host: "" } },
};

export function ChannelForm({ form }: { form: FormProps<ChannelSource> }) {
  const kind = kindNameOf(form.spec);
  return (
    <Section title="Where to">
      <div className={classes["fields"]}>
        <Select label="Kind" data={kinds} allowDeselect={false} readOnly={form.readOnly} value={kind} onChange={(value) => form.onChange(blanks[value ?? "webhook"] ?? { webhook: "" })} />
        {kind === "webhook" ? <TextField form={form} path={["webhook"]} label="URL" placeholder="https://hooks.example.com/parley" /> : null}
        {kind === "webhook" ? <SecretField form={form} path={["secret"]} label="Secret" description="Optional: signs each message." /> : null}
        {kind === "slack" ? <SecretField form={form} path={["slack"]} label="Incoming webhook's URL" description="Keep it secret: whoever knows it can post there." /> : null}
        {kind === "teams" ? <SecretField form={form} path={["teams"]} label="Workflow's URL" description="Keep it secret: whoever knows it can post there." /> : null}
        {kind === "pagerduty" ? <SecretField form={form} path={["pagerduty", "routingKey"]} label="Integration key" description="Of an Events API v2 integration." /> : null}
        {kind === "email" ? <MailFields form={form} /> : null}
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
