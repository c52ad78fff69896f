/** What a guarded route may claim (conflicts by level): decided when it is compiled, raised by a probe alone, lowered by what is found. */
import type { Conflict } from "@parley/contract/config/conflict";
import type { GuaranteeLevel } from "@parley/contract/conflicts/cause";

export interface Guarantee {
  level: GuaranteeLevel;
  reason: string;
}

/** Atomic is never assumed: only a probe gives it. */
export function firstGuarantee(settings: Conflict, longestUpstreamMs: number): Guarantee {
  const lacking = lacks(settings, longestUpstreamMs);
  if (lacking !== null) return { level: "detect", reason: lacking };
  if (settings.writers === "exclusive") return { level: "serialized", reason: "The configuration says that every writer comes through the gateway." };
  return { level: "serialized", reason: "Writes are ordered and compared with what is there; no write past the gateway has been seen." };
}

/** What keeps a route from ordering its own writers at all times; null for nothing. */
function lacks({ strategy, ledgerDown, locks }: Conflict, longestUpstreamMs: number): string | null {
  if (strategy === "last-write-wins") return "Stale writes pass, as the strategy says; what they overwrite is found and kept.";
  if (ledgerDown === "pass") return "While the ledger is down writes are compared, but neither ordered nor remembered (conflict.ledgerDown: pass).";
  if (locks.delay !== undefined && locks.delay < longestUpstreamMs) {
    return `After a lost write the resource rests for ${locks.delay / 1000} s (conflict.locks.delay), which is less than the ${longestUpstreamMs / 1000} s that the upstream may take.`;
  }
  return null;
}

/** A write that the ledger does not know was found: what is claimed from now on is less. An upstream that compares by itself loses nothing by it. */
export function afterBypass(guarantee: Guarantee, writers: Conflict["writers"]): Guarantee {
  if (guarantee.level !== "serialized") return guarantee;
  const though = writers === "exclusive" ? ", though the configuration says that there is none" : "";
  return {
    level: "detect",
    reason: `A write past the gateway was found${though}. Between the refetch and the write one can be overwritten; it then shows as a bypass afterwards.`,
  };
}
