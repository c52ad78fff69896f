/** A conflict's state and cause, always drawn the same way, in the hue that is theirs alone; what is lost is an error besides. */
import type { ConflictCause } from "@parley/contract/conflicts/cause";
import type { ConflictState } from "@parley/contract/conflicts/record";
import { Chip, type Meaning } from "./chip.tsx";

const states: Record<ConflictState, { word: string; meaning: Meaning }> = {
  potential: { word: "potential", meaning: "warning" },
  prevented: { word: "prevented", meaning: "conflict" },
  merged: { word: "merged", meaning: "ok" },
  lost: { word: "lost", meaning: "error" },
  applied: { word: "overwritten", meaning: "conflict" },
  unknown: { word: "outcome unknown", meaning: "warning" },
};

export function ConflictStateChip({ state, origin }: { state: ConflictState; origin?: "gateway" | "upstream" }) {
  const { word, meaning } = states[state];
  return <Chip meaning={meaning}>{state === "prevented" && origin === "upstream" ? "explained" : word}</Chip>;
}

const causes: Record<ConflictCause, string> = {
  "concurrent-modification": "changed by somebody else",
  "version-mismatch": "tag of something else",
  "state-mismatch": "the state forbids it",
  "lost-update": "lost update",
  busy: "busy",
  locked: "somebody's lease",
  idempotency: "idempotency key",
  "precondition-required": "no precondition",
  "already-applied": "applied already",
  "ledger-unavailable": "ledger away",
  "outcome-unknown": "outcome unknown",
};

export function causeText(cause: ConflictCause): string {
  return causes[cause];
}

export function CauseChip({ cause }: { cause: ConflictCause }) {
  return (
    <Chip meaning="conflict" title={cause}>
      {causes[cause]}
    </Chip>
  );
}
