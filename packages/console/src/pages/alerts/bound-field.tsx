/** A number, or a duration for latencies, as it stands in the file; what is not finished yet stays text. */
import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { FormProps } from "../../editing/form-props.ts";
import { fieldAt, setField } from "../../editing/spec-field.ts";
import { pointerTo } from "../../format/json-pointer.ts";

interface BoundFieldProps<Spec> {
  form: FormProps<Spec>;
  path: readonly string[];
  label: string;
  description: string;
}

export function BoundField<Spec>({ form, path, label, description }: BoundFieldProps<Spec>) {
  const value = fieldAt(form.spec, path);
  const written = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const [typed, setTyped] = useState(written);
  // Follows the spec where it changes from elsewhere (YAML, a merge), and not the typist's own "0.50".
  useEffect(() => setTyped((before) => (String(meant(before) ?? "") === written ? before : written)), [written]);
  const change = (text: string) => {
    setTyped(text);
    form.onChange(setField(form.spec, path, meant(text)));
  };
  return <TextInput label={label} description={description} readOnly={form.readOnly} value={typed} error={form.faults.get(pointerTo(...path)) ?? null} onChange={(event) => change(event.currentTarget.value)} />;
}

function meant(text: string): string | number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  return /^\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
