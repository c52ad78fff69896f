/** What of bodies nobody gets to see, as the logging settings say. */
import type { Logging } from "@parley/contract/config/settings";
import type { Redaction } from "../policies/conflict/conflict-ports.ts";

/** With `bodies: none` not a value of a body is kept; what its own sender is shown is another matter. */
export function redactionOf(logging: Logging | null): Redaction {
  const shown = logging?.redact ?? [];
  return { shown, kept: logging?.bodies === "none" ? [""] : shown };
}
