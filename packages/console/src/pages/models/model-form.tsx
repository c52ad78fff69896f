/** A model alias as a form: its targets in order, and how one is chosen. */
import type { ModelSource } from "@parley/contract/config/ai";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { ChoiceField, TextField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { ModelTargetsField } from "./model-targets-field.tsx";

const strategies = [
  { value: "failover", label: "The first that answers (failover)" },
  { value: "weighted", label: "By weight (weighted)" },
  { value: "fastest", label: "The fastest of late (fastest)" },
  { value: "cheapest", label: "The cheapest (cheapest)" },
];

export function ModelForm({ form }: { form: FormProps<ModelSource> }) {
  return (
    <>
      <Section title="Targets" hint="Tried from the top. If one fails before its answer has begun, the next one takes over.">
        <div className={classes["fields"]}>
          <ChoiceField form={form} path={["strategy"]} label="Strategy" choices={strategies} fallback="failover" />
        </div>
        <ModelTargetsField form={form} />
      </Section>
      <Section title="Timeouts">
        <div className={classes["fields"]}>
          <TextField form={form} path={["timeouts", "firstToken"]} label="First token" placeholder="as the provider's" description="For streams. After it, the next target is tried." />
          <TextField form={form} path={["timeouts", "firstByte"]} label="Answer" placeholder="as the provider's" description="For answers that are not streamed." />
          <TextField form={form} path={["timeouts", "idle"]} label="Idle" placeholder="as the provider's" description="The longest pause in a stream." />
        </div>
      </Section>
    </>
  );
}
