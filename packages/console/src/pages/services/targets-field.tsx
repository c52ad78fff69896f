/** The addresses where a service runs, each with its weight. */
import { ActionIcon, Button, NumberInput, TextInput } from "@mantine/core";
import type { ServiceSource } from "@parley/contract/config/service";
import { IconPlus, IconX } from "@tabler/icons-react";
import classes from "../../editing/editing.module.css";
import type { FormProps } from "../../editing/form-props.ts";
import { setField } from "../../editing/spec-field.ts";
import { pointerTo } from "../../format/json-pointer.ts";

type Target = NonNullable<ServiceSource["upstream"]>["targets"][number];
const place = ["upstream", "targets"] as const;

export function TargetsField({ form }: { form: FormProps<ServiceSource> }) {
  const targets = form.spec.upstream?.targets ?? [];
  const change = (changed: Target[]) => form.onChange(setField(form.spec, place, changed.length > 0 ? changed : undefined));
  return (
    <div className={classes["rows"]}>
      {targets.map((target, index) => (
        <TargetRow
          key={index}
          target={target}
          readOnly={form.readOnly}
          isOnly={targets.length === 1}
          fault={form.faults.get(pointerTo(...place, index, "url"))}
          onChange={(changed) => change(targets.with(index, changed))}
          onRemove={() => change(targets.toSpliced(index, 1))}
        />
      ))}
      {form.readOnly ? null : (
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => change([...targets, { url: "" }])}>
          Add a target
        </Button>
      )}
    </div>
  );
}

interface TargetRowProps {
  target: Target;
  readOnly: boolean;
  isOnly: boolean;
  fault: string | undefined;
  onChange: (target: Target) => void;
  onRemove: () => void;
}

function TargetRow({ target, readOnly, isOnly, fault, onChange, onRemove }: TargetRowProps) {
  return (
    <div className={classes["row"]}>
      <TextInput
        className={classes["grow"] ?? ""}
        aria-label="Target's URL"
        placeholder="http://127.0.0.1:9001/api/notes"
        readOnly={readOnly}
        value={target.url}
        error={fault ?? null}
        onChange={(event) => onChange({ ...target, url: event.currentTarget.value })}
      />
      <NumberInput aria-label="Weight" w={130} leftSection="weight" leftSectionWidth={56} min={0} allowDecimal={false} readOnly={readOnly} value={target.weight ?? 1} onChange={(weight) => onChange({ ...target, weight: Number(weight) })} />
      {readOnly || isOnly ? null : (
        <ActionIcon variant="subtle" color="gray" size={30} aria-label="Remove this target" onClick={onRemove}>
          <IconX size={15} />
        </ActionIcon>
      )}
    </div>
  );
}
