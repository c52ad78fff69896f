/** Limits: how many requests or tokens, or how much money, per period; or how many calls at the same time. */
import { ActionIcon, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { pointerTo } from "../format/json-pointer.ts";
import classes from "./editing.module.css";
import { type LimitSource, type LimitKind, limitKind, limitKinds, newLimit } from "./limit-kinds.ts";

interface LimitsFieldProps {
  limits: readonly LimitSource[];
  onChange: (limits: LimitSource[]) => void;
  readOnly: boolean;
  faults: ReadonlyMap<string, string>;
}

export function LimitsField({ limits, onChange, readOnly, faults }: LimitsFieldProps) {
  return (
    <div className={classes["rows"]}>
      {limits.map((limit, index) => (
        <LimitRow
          key={index}
          limit={limit}
          readOnly={readOnly}
          fault={faults.get(pointerTo("limits", index)) ?? faults.get(pointerTo("limits", index, "per"))}
          onChange={(changed) => onChange(limits.with(index, changed))}
          onRemove={() => onChange(limits.toSpliced(index, 1))}
        />
      ))}
      {readOnly ? null : (
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...limits, newLimit("requests")])}>
          Add a limit
        </Button>
      )}
    </div>
  );
}

interface LimitRowProps {
  limit: LimitSource;
  readOnly: boolean;
  fault: string | undefined;
  onChange: (limit: LimitSource) => void;
  onRemove: () => void;
}

function LimitRow({ limit, readOnly, fault, onChange, onRemove }: LimitRowProps) {
  const kind = limitKind(limit);
  return (
    <div className={classes["limit"]}>
      <div className={classes["short"]}>
        <LimitAmount limit={limit} readOnly={readOnly} onChange={onChange} />
      </div>
      <Select aria-label="Of what" className={classes["limitKind"] ?? ""} readOnly={readOnly} allowDeselect={false} data={limitKinds.map((entry) => ({ ...entry }))} value={kind} onChange={(chosen) => onChange(newLimit(chosen as LimitKind))} />
      {"per" in limit ? (
        <TextInput aria-label="Per" placeholder="1m, 1h, day, month" readOnly={readOnly} leftSection="per" leftSectionWidth={36} className={classes["limitPer"] ?? ""} value={limit.per} error={fault ?? null} onChange={(event) => onChange({ ...limit, per: event.currentTarget.value })} />
      ) : null}
      {readOnly ? null : (
        <ActionIcon variant="subtle" color="gray" size={30} aria-label="Remove this limit" onClick={onRemove}>
          <IconX size={15} />
        </ActionIcon>
      )}
    </div>
  );
}

function LimitAmount({ limit, readOnly, onChange }: { limit: LimitSource; readOnly: boolean; onChange: (limit: LimitSource) => void }) {
  if ("cost" in limit) return <TextInput aria-label="Amount" placeholder="50 USD" readOnly={readOnly} value={limit.cost} onChange={(event) => onChange({ ...limit, cost: event.currentTarget.value })} />;
  if ("bodyBytes" in limit) return <TextInput aria-label="Amount" placeholder="1MiB" readOnly={readOnly} value={limit.bodyBytes} onChange={(event) => onChange({ ...limit, bodyBytes: event.currentTarget.value })} />;
  const [amount, set] = amountOf(limit);
  return <NumberInput aria-label="Amount" min={1} allowDecimal={false} thousandSeparator="," readOnly={readOnly} value={amount} onChange={(value) => onChange(set(Number(value)))} />;
}

function amountOf(limit: Exclude<LimitSource, { cost: string } | { bodyBytes: string }>): [number, (amount: number) => LimitSource] {
  if ("requests" in limit) return [limit.requests, (requests) => ({ ...limit, requests })];
  if ("tokens" in limit) return [limit.tokens, (tokens) => ({ ...limit, tokens })];
  return [limit.concurrent, (concurrent) => ({ ...limit, concurrent })];
}
