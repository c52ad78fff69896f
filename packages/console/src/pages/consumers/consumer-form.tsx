/** A consumer as a form: what it may call, and how much. */
import type { ConsumerSource } from "@parley/contract/config/consumer";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Section } from "../../components/page.tsx";
import { WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { LimitsField } from "../../editing/limits-field.tsx";
import { setField } from "../../editing/spec-field.ts";

export function ConsumerForm({ form }: { form: FormProps<ConsumerSource> }) {
  const configured = useQuery(reading("listNames"));
  const names = ["ai", ...(configured.data?.service ?? [])];
  return (
    <>
      <Section title="May call" hint="Names of services, and ai for the AI endpoints. Left empty: everything.">
        <WordsField form={form} path={["access"]} label="Services" placeholder="everything" suggestions={names} />
      </Section>
      <Section title="Limits" hint="For all keys of the consumer together.">
        <LimitsField limits={form.spec.limits ?? []} readOnly={form.readOnly} faults={form.faults} onChange={(limits) => form.onChange(setField(form.spec, ["limits"], limits.length > 0 ? limits : undefined))} />
      </Section>
    </>
  );
}
