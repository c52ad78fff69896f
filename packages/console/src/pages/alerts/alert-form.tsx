/** An alert as a form: what is measured of which calls, from when on it is trouble, whom it is told. The preview stands under it. */
import { Select } from "@mantine/core";
import { metricNames } from "@parley/contract/config/alert-metric-names";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import type { AlertSource } from "../../editing/entity-port.ts";
import { ChoiceField, CountField, TextField, WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { setField } from "../../editing/spec-field.ts";
import { AlertPreviewSection } from "./alert-preview.tsx";
import { BoundField } from "./bound-field.tsx";
import { unitHint } from "./metric-text.ts";

const metricChoices = Object.entries(metricNames).map(([value, label]) => ({ value, label }));
const severityChoices = ["critical", "error", "warning", "info"].map((value) => ({ value, label: value }));

export function AlertForm({ form }: { form: FormProps<AlertSource> }) {
  const channels = useQuery(reading("listChannels"));
  const names = useQuery(reading("listNames"));
  const { when } = form.spec;
  const hasUsual = !["burn_rate", "new_conflict_cause", "overlapping_edits", "targets_out", "certificate_days", "budget_used", "disk_free"].includes(when.metric);
  return (
    <>
      <Section title="When">
        <div className={classes["fields"]}>
          <ChoiceField form={form} path={["when", "metric"]} label="Metric" choices={metricChoices} fallback="error_rate" />
          <Select label="Of which service" clearable placeholder="all" readOnly={form.readOnly} error={form.faults.get("/when/service") ?? null} data={["ai", ...(names.data?.service ?? [])]} value={when.service ?? null} onChange={(name) => form.onChange(setField(form.spec, ["when", "service"], name ?? undefined))} />
          <div data-whole>
            <TextField form={form} path={["when", "query"]} label="Of which calls" description="A filter in the query language, as on the Calls page." placeholder="consumer:acme path:/orders/*" />
          </div>
          <BoundField form={form} path={["when", "above"]} label="Fires above" description={unitHint(when.metric)} />
          <BoundField form={form} path={["when", "below"]} label="or below" description={unitHint(when.metric)} />
          {hasUsual ? <BoundField form={form} path={["when", "aboveUsual"]} label="or above the usual, times" description="The usual is the median of the same time on the seven days before." /> : null}
          {hasUsual ? <BoundField form={form} path={["when", "belowUsual"]} label="or below the usual, times" description="Such as 0.5." /> : null}
          {when.metric === "burn_rate" ? <BoundField form={form} path={["when", "objective", "target"]} label="Objective" description="The share of calls that should succeed, such as 0.999." /> : null}
          {when.metric === "burn_rate" ? <TextField form={form} path={["when", "objective", "latency"]} label="and no slower than" placeholder="500ms" /> : null}
          <TextField form={form} path={["when", "window"]} label="Measured over" placeholder="5m" />
          <TextField form={form} path={["when", "for"]} label="For at least" placeholder="0s" />
          <CountField form={form} path={["when", "leastCalls"]} label="At least so many calls" />
        </div>
      </Section>
      <AlertPreviewSection spec={form.spec} />
      <Section title="Notifications">
        <div className={classes["fields"]}>
          {/* No channel is a choice as well: it is shown here and told to nobody. */}
          <WordsField form={form} path={["notify"]} label="Channels" placeholder="none" suggestions={(channels.data?.items ?? []).map(({ name }) => name)} keepEmpty />
          <ChoiceField form={form} path={["severity"]} label="Severity" choices={severityChoices} fallback="error" />
          <TextField form={form} path={["repeat"]} label="Repeat every" placeholder="never" />
          <div data-whole>
            <TextField form={form} path={["description"]} label="Description" placeholder="See the runbook…" />
          </div>
        </div>
      </Section>
    </>
  );
}
