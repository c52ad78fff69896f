/** The targets of an alias in their order, moved by buttons so that the keyboard can do it. */
import { ActionIcon, Autocomplete, Button, NumberInput } from "@mantine/core";
import type { ModelSource } from "@parley/contract/config/ai";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import classes from "../../editing/editing.module.css";
import type { FormProps } from "../../editing/form-props.ts";
import { setField } from "../../editing/spec-field.ts";
import { pointerTo } from "../../format/json-pointer.ts";
import { useKnownModels } from "./use-known-models.ts";

type Target = ModelSource["targets"][number];

export function ModelTargetsField({ form }: { form: FormProps<ModelSource> }) {
  const { targets } = form.spec;
  const models = useKnownModels();
  const change = (changed: Target[]) => form.onChange(setField(form.spec, ["targets"], changed));
  const swap = (first: number, second: number) => {
    const [one, other] = [targets[first], targets[second]];
    if (one && other) change(targets.with(first, other).with(second, one));
  };
  return (
    <div className={classes["rows"]}>
      {targets.map((target, index) => (
        <div className={classes["row"]} key={index}>
          <span className={classes["order"]}>{index + 1}</span>
          <Autocomplete className={classes["grow"] ?? ""} aria-label={`Target ${index + 1}`} placeholder="openai/gpt-5-mini" data={models} readOnly={form.readOnly} value={target.model} error={form.faults.get(pointerTo("targets", index, "model")) ?? null} onChange={(model) => change(targets.with(index, { ...target, model }))} />
          {form.spec.strategy === "weighted" ? (
            <NumberInput aria-label={`Weight of target ${index + 1}`} w={130} leftSection="weight" leftSectionWidth={56} min={0} allowDecimal={false} readOnly={form.readOnly} value={target.weight ?? 1} onChange={(weight) => change(targets.with(index, { ...target, weight: Number(weight) }))} />
          ) : null}
          {form.readOnly || targets.length === 1 ? null : (
            <>
              <RowAction label={`Move target ${index + 1} up`} icon={<IconArrowUp size={15} />} disabled={index === 0} onClick={() => swap(index, index - 1)} />
              <RowAction label={`Move target ${index + 1} down`} icon={<IconArrowDown size={15} />} disabled={index === targets.length - 1} onClick={() => swap(index, index + 1)} />
              <RowAction label={`Remove target ${index + 1}`} icon={<IconX size={15} />} disabled={false} onClick={() => change(targets.toSpliced(index, 1))} />
            </>
          )}
        </div>
      ))}
      {form.readOnly ? null : (
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => change([...targets, { model: "" }])}>
          Add a target
        </Button>
      )}
    </div>
  );
}

function RowAction({ label, icon, disabled, onClick }: { label: string; icon: React.ReactNode; disabled: boolean; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} disabled={disabled} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}
