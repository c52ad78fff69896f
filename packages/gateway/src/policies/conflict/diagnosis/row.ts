/** The refusals that need no looking into: a row of the decision order, and what is said about this occurrence. */
import { problemEntry } from "@parley/contract/problems/table";
import type { DecisionRow } from "../preconditions/decision-order.ts";
import type { Diagnosis } from "./diagnose.ts";

const afterMsByDefault = 1_000;

/** Only for rows with a code and a cause; the others are no conflicts and are refused by their code alone. */
export function diagnosisOfRow(row: DecisionRow, occurrence: { detail?: string; afterMs?: number } = {}): Diagnosis {
  if (row.code === null || row.cause === null) throw new Error(`"${row.situation}" is no conflict`);
  const unknown = row.cause === "outcome-unknown" || row.subcause === "outcome-unknown";
  return {
    code: row.code,
    status: row.status,
    cause: row.cause,
    subcause: row.subcause,
    state: unknown ? "unknown" : "prevented",
    origin: "gateway",
    outcome: unknown ? "unknown" : "not-applied",
    retryable: row.retryAfter,
    retry: row.retryAfter ? { strategy: "wait", afterMs: occurrence.afterMs ?? afterMsByDefault } : { strategy: row.cause === "idempotency" ? "none" : "refetch" },
    detail: occurrence.detail ?? problemEntry(row.code).cause,
  };
}
