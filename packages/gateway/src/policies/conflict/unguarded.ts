/** What a service guarantees that guards nothing. */
import type { RouteGuarantee } from "@parley/contract/api/conflicts";

const reasons = { off: "Conflict handling is off for this service.", observe: "Observing prevents nothing; it finds what was lost." } as const;

export function unguarded(service: string, mode: "off" | "observe"): RouteGuarantee {
  return { service, mode, level: "none", reason: reasons[mode] };
}
