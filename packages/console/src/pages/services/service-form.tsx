/** A service as a form. What it does not show (versions, conflict handling, a canary) stays as it is, and is in the YAML. */
import type { ServiceSource } from "@parley/contract/config/service";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { ChoiceField, CountField, TextField, WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { LimitsField } from "../../editing/limits-field.tsx";
import { SecretField } from "../../editing/secret-field.tsx";
import { setField } from "../../editing/spec-field.ts";
import { TargetsField } from "./targets-field.tsx";

type Form = FormProps<ServiceSource>;

const accesses = [
  { value: "key", label: "With a key" },
  { value: "open", label: "Open to everybody" },
  { value: "jwt", label: "With a JWT (see YAML)" },
  { value: "mtls", label: "With a client certificate" },
];

const balances = [
  { value: "ewma", label: "Fastest recently (ewma)" },
  { value: "round-robin", label: "In turn (round-robin)" },
  { value: "least-requests", label: "The least busy (least-requests)" },
  { value: "consistent-hash", label: "One target for each resource (consistent-hash)" },
  { value: "failover", label: "The first that works (failover)" },
];

export function ServiceForm({ form }: { form: Form }) {
  return (
    <>
      <Section title="Address" hint="The path that applications call. /notes/7 goes to the target's URL followed by /7.">
        <div className={classes["fields"]}>
          <TextField form={form} path={["path"]} label="Path" placeholder="/notes" required />
          <ChoiceField form={form} path={["access"]} label="Access" choices={accesses} fallback="key" />
        </div>
      </Section>
      <Section title="Upstream" hint="Where the service runs. With several targets, calls are spread by weight.">
        <TargetsField form={form} />
        <div className={classes["fields"]}>
          <ChoiceField form={form} path={["upstream", "balance"]} label="Load balancing" choices={balances} fallback="ewma" />
        </div>
      </Section>
      <Section title="Limits" hint="For each consumer. A refused call gets 429 and Retry-After.">
        <LimitsField limits={form.spec.limits ?? []} readOnly={form.readOnly} faults={form.faults} onChange={(limits) => form.onChange(setField(form.spec, ["limits"], limits.length > 0 ? limits : undefined))} />
      </Section>
      <TimesAndRetries form={form} />
      <CredentialsAndHealth form={form} />
    </>
  );
}

function TimesAndRetries({ form }: { form: Form }) {
  return (
    <Section title="Timeouts and retries" hint="Only safe retries are made: the connection failed, or the method may be sent twice.">
      <div className={classes["fields"]}>
        <TextField form={form} path={["upstream", "timeouts", "connect"]} label="Connect" placeholder="2s" />
        <TextField form={form} path={["upstream", "timeouts", "firstByte"]} label="First byte" placeholder="30s" />
        <TextField form={form} path={["upstream", "timeouts", "idle"]} label="Idle" placeholder="60s" />
        <CountField form={form} path={["upstream", "retry", "attempts"]} label="Attempts, the first included" placeholder="1" min={1} max={10} />
        <WordsField form={form} path={["upstream", "retry", "on"]} label="Repeat on" placeholder="connect-failure" suggestions={["connect-failure", "reset", "502", "503", "504"]} read={numberOrWord} />
      </div>
    </Section>
  );
}

function CredentialsAndHealth({ form }: { form: Form }) {
  return (
    <>
      <Section title="Credentials for the upstream" hint="Sent to the upstream in place of the caller's own. The caller's name is in Parley-Consumer.">
        <div className={classes["fields"]}>
          <TextField form={form} path={["upstream", "credentials", "header"]} label="Header" placeholder="Authorization" />
          <SecretField form={form} path={["upstream", "credentials", "value"]} label="Value" />
        </div>
      </Section>
      <Section title="Health checks" hint="Each target is checked regularly; one that fails gets no calls.">
        <div className={classes["fields"]}>
          <TextField form={form} path={["upstream", "health", "path"]} label="Path" placeholder="/healthz" />
          <TextField form={form} path={["upstream", "health", "every"]} label="Every" placeholder="5s" />
        </div>
      </Section>
    </>
  );
}

function numberOrWord(word: string): number | string {
  return /^\d+$/.test(word) ? Number(word) : word;
}
