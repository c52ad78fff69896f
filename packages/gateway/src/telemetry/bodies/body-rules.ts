/** Of which calls bodies are kept, how much of one, and what is blacked out in it: compiled from `logging` once per change. */
import type { KeptBodies, Logging } from "@parley/contract/config/settings";

export interface BodyRules {
  /** False where no service keeps any, so that calls need not even be looked up. */
  readonly keepsSome: boolean;
  modeOf(service: string): KeptBodies;
  readonly bodyBytes: number;
  readonly redact: readonly string[];
}

export const noBodies: BodyRules = { keepsSome: false, modeOf: () => "none", bodyBytes: 0, redact: [] };

export function compileBodyRules(logging: Logging | null): BodyRules {
  if (logging === null) return noBodies;
  const { bodies, bodyBytes, redact } = logging;
  const own = new Map<string, KeptBodies>();
  for (const [name, service] of Object.entries(logging.services)) if (service.bodies !== undefined) own.set(name, service.bodies);
  return { keepsSome: bodies !== "none" || [...own.values()].some((mode) => mode !== "none"), modeOf: (service) => own.get(service) ?? bodies, bodyBytes, redact };
}
