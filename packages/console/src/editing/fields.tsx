/** Fields of a spec by their place in it. An emptied field is absent, and so is an object that has nothing left in it. */
import { NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { pointerTo } from "../format/json-pointer.ts";
import type { FormProps } from "./form-props.ts";
import { fieldAt, setField } from "./spec-field.ts";

interface FieldProps<Spec> {
  form: FormProps<Spec>;
  path: readonly (string | number)[];
  label: string;
  description?: ReactNode;
  placeholder?: string;
}

function useField<Spec>({ form, path, label, description, placeholder }: FieldProps<Spec>) {
  const fault = form.faults.get(pointerTo(...path));
  return {
    value: fieldAt(form.spec, path),
    set: (value: unknown) => form.onChange(setField(form.spec, path, value)),
    frame: { label, description, placeholder: placeholder ?? "", readOnly: form.readOnly, error: fault ?? null },
  };
}

export function TextField<Spec>(props: FieldProps<Spec> & { required?: boolean; mono?: boolean }) {
  const { value, set, frame } = useField(props);
  return <TextInput {...frame} required={props.required ?? false} value={typeof value === "string" ? value : ""} onChange={(event) => set(event.currentTarget.value || undefined)} />;
}

export function CountField<Spec>(props: FieldProps<Spec> & { min?: number; max?: number }) {
  const { value, set, frame } = useField(props);
  return <NumberInput {...frame} min={props.min ?? 0} max={props.max ?? 1_000_000_000} allowDecimal={false} value={typeof value === "number" ? value : ""} onChange={(count) => set(typeof count === "number" ? count : undefined)} />;
}

export interface Choice {
  value: string;
  label: string;
}

export function ChoiceField<Spec>(props: FieldProps<Spec> & { choices: readonly Choice[]; fallback: string }) {
  const { value, set, frame } = useField(props);
  return <Select {...frame} data={props.choices.map((choice) => ({ ...choice }))} allowDeselect={false} value={typeof value === "string" ? value : props.fallback} onChange={(chosen) => set(chosen ?? undefined)} />;
}

/** Any number of words; `read` turns what was typed into what stands in the file (a number, say). */
export function WordsField<Spec>(props: FieldProps<Spec> & { suggestions: readonly string[]; read?: (word: string) => unknown; keepEmpty?: boolean }) {
  const { value, set, frame } = useField(props);
  const words = Array.isArray(value) ? value.map(String) : [];
  const take = (typed: string[]) => set(typed.length === 0 && !props.keepEmpty ? undefined : typed.map((word) => props.read?.(word) ?? word));
  return <TagsInput {...frame} placeholder={words.length === 0 ? frame.placeholder : ""} data={[...props.suggestions]} value={words} onChange={take} />;
}
