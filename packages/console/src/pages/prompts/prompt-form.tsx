/** A prompt as a form: which version is looked at, its model, its texts, its variables. */
import { Autocomplete, Button, SegmentedControl } from "@mantine/core";
import type { PromptSource } from "@parley/contract/config/prompt";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Chip } from "../../components/chip.tsx";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { TextField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { pointerTo } from "../../format/json-pointer.ts";
import { useCallableModels } from "../playground/use-callable-models.ts";
import { MessagesField } from "./messages-field.tsx";
import { ParametersField } from "./parameters-field.tsx";
import { VariablesField } from "./variables-field.tsx";
import { defaultVersion, nextVersionName, type PromptVersion, withVariables } from "./versions.ts";

export function PromptForm({ form }: { form: FormProps<PromptSource> }) {
  const { spec, readOnly, faults, onChange } = form;
  const [chosen, setChosen] = useState(() => defaultVersion(spec));
  const { models } = useCallableModels();
  const name = Object.hasOwn(spec.versions, chosen) ? chosen : defaultVersion(spec);
  const version = spec.versions[name];
  if (!version) return null;
  const change = (changed: PromptVersion) => onChange({ ...spec, versions: { ...spec.versions, [name]: withVariables(changed) } });
  const add = () => {
    const next = nextVersionName(spec);
    // What is called without a version stays what it was until somebody says otherwise.
    onChange({ ...spec, default: defaultVersion(spec), versions: { ...spec.versions, [next]: structuredClone(version) } });
    setChosen(next);
  };
  const isDefault = name === defaultVersion(spec);
  const remove = () => {
    const { [name]: _, ...versions } = spec.versions;
    onChange({ ...spec, versions });
  };
  return (
    <>
      <Section title="Versions" hint="A call without a version gets the default. Rather than changing a version that applications use, add a new one.">
        <TextField form={form} path={["description"]} label="About" placeholder="What it does" />
        <div className={classes["row"]}>
          <SegmentedControl aria-label="Version" data={Object.keys(spec.versions)} value={name} onChange={setChosen} />
          {isDefault ? <Chip meaning="accent">default</Chip> : null}
          {readOnly || isDefault ? null : <Button variant="default" onClick={() => onChange({ ...spec, default: name })}>Make it the default</Button>}
          {readOnly ? null : <Button variant="default" leftSection={<IconPlus size={14} />} onClick={add}>New version from this one</Button>}
          {readOnly || isDefault ? null : <Button variant="subtle" color="danger" onClick={remove}>Remove {name}</Button>}
        </div>
      </Section>
      <Section title={`Text of ${name}`} hint={<>A variable stands in double braces: <code>{"{{text}}"}</code>. Values are never read as templates.</>}>
        <div className={classes["fields"]}>
          <Autocomplete label="Model" placeholder="an alias, or provider/model" required data={[...models]} limit={60} readOnly={readOnly} value={version.model} error={faults.get(pointerTo("versions", name, "model")) ?? null} onChange={(model) => change({ ...version, model })} />
        </div>
        <MessagesField version={version} faults={faults} place={["versions", name]} readOnly={readOnly} onChange={change} />
      </Section>
      <Section title="Variables" hint="What a call sends. Without a default a variable is required.">
        <VariablesField version={version} faults={faults} place={["versions", name]} readOnly={readOnly} onChange={change} />
      </Section>
      <Section title="Parameters" hint="Of a chat completions request, such as temperature, max_tokens and response_format.">
        <ParametersField key={name} value={version.parameters} readOnly={readOnly} onChange={(parameters) => change({ ...version, parameters })} />
      </Section>
    </>
  );
}
