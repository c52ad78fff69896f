/** A secret: typed once, kept sealed, never shown again. What stands there already is `***`, and stays unless another is typed. */
import { PasswordInput } from "@mantine/core";
import type { ReactNode } from "react";
import { pointerTo } from "../format/json-pointer.ts";
import type { FormProps } from "./form-props.ts";
import { fieldAt, setField } from "./spec-field.ts";

const hidden = "***";

interface SecretFieldProps<Spec> {
  form: FormProps<Spec>;
  path: readonly (string | number)[];
  label: string;
  description?: ReactNode;
}

export function SecretField<Spec>({ form, path, label, description }: SecretFieldProps<Spec>) {
  const value = fieldAt(form.spec, path);
  const stored = fieldAt(form.entity?.spec, path) === hidden;
  const typed = typeof value === "string" && value !== hidden ? value : "";
  return (
    <PasswordInput
      label={label}
      description={description}
      placeholder={stored ? "A secret is stored. Type to replace it" : "Shown never again once it is saved"}
      autoComplete="off"
      readOnly={form.readOnly}
      value={typed}
      error={form.faults.get(pointerTo(...path)) ?? null}
      onChange={(event) => form.onChange(setField(form.spec, path, event.currentTarget.value || (stored ? hidden : undefined)))}
    />
  );
}
