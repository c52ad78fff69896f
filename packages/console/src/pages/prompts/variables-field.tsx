/** The variables of a version: those of its texts appear by themselves. */
import { ActionIcon, Select, TagsInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import classes from "../../editing/editing.module.css";
import { pointerTo } from "../../format/json-pointer.ts";
import type { VersionFieldProps } from "./version-field-props.ts";
import { namesIn, type PromptVariable } from "./versions.ts";

const types = ["string", "number", "integer", "boolean"] as const;

export function VariablesField({ version, faults, place, readOnly, onChange }: VersionFieldProps) {
  const used = namesIn(version);
  const variables = Object.entries(version.variables ?? {});
  const set = (name: string, variable: PromptVariable) => onChange({ ...version, variables: { ...version.variables, [name]: variable } });
  const remove = (name: string) => onChange({ ...version, variables: Object.fromEntries(variables.filter(([each]) => each !== name)) });
  if (variables.length === 0) return <p>No variables: every call sends the same text.</p>;
  return (
    <div className={classes["rows"]}>
      {variables.map(([name, variable]) => (
        <div key={name} className={classes["row"]}>
          <TextInput aria-label={`Name of ${name}`} w={130} readOnly value={name} />
          <Select aria-label={`Type of ${name}`} w={110} data={[...types]} allowDeselect={false} readOnly={readOnly} value={variable.type ?? "string"} onChange={(type) => set(name, { ...variable, type: types.find((each) => each === type) ?? "string" })} />
          <TextInput className={classes["grow"] ?? ""} aria-label={`Default of ${name}`} placeholder="required" readOnly={readOnly} value={variable.default === undefined ? "" : String(variable.default)} error={faults.get(pointerTo(...place, "variables", name, "default")) ?? null} onChange={({ currentTarget }) => set(name, withDefault(variable, currentTarget.value))} />
          <TagsInput className={classes["grow"] ?? ""} aria-label={`Values of ${name}`} placeholder={variable.enum ? "" : "any value"} readOnly={readOnly} value={(variable.enum ?? []).map(String)} onChange={(values) => set(name, withValues(variable, values))} />
          {readOnly || used.includes(name) ? null : <ActionIcon variant="subtle" color="gray" size={30} aria-label={`Remove ${name}`} onClick={() => remove(name)}><IconX size={15} /></ActionIcon>}
        </div>
      ))}
    </div>
  );
}

function withDefault(before: PromptVariable, text: string): PromptVariable {
  const { default: _, ...variable } = before;
  return text === "" ? variable : { ...variable, default: typed(variable, text) };
}

function withValues(before: PromptVariable, values: readonly string[]): PromptVariable {
  const { enum: _, ...variable } = before;
  return values.length === 0 ? variable : { ...variable, enum: values.map((value) => typed(variable, value)) };
}

/** What is no number stays text, so that the server says what is wrong with it. */
function typed({ type }: Pick<PromptVariable, "type">, text: string): string | number | boolean {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (type !== "number" && type !== "integer") return text;
  return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
}
