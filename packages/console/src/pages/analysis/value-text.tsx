/** A value of a field as it is drawn everywhere: a status, a cause, a service each in its own way. */
import { type ConflictCause, conflictCauses } from "@parley/contract/conflicts/cause";
import type { ReactNode } from "react";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { EntityName, type LinkedKind } from "../../components/entity-link.tsx";
import { StatusChip } from "../../components/status-chip.tsx";

const kinds: ReadonlySet<string> = new Set<LinkedKind>(["service", "consumer", "provider", "model"]);

export function ValueText({ field, value }: { field: string; value: string | null }): ReactNode {
  if (value === null || value === "") return <em>none</em>;
  if (field === "status" || field === "upstreamstatus") return <StatusChip status={Number(value)} />;
  if (field === "cause" && (conflictCauses as readonly string[]).includes(value)) return <CauseChip cause={value as ConflictCause} />;
  if (kinds.has(field)) return <EntityName kind={field as LinkedKind} name={value} />;
  return <code title={value}>{value}</code>;
}
