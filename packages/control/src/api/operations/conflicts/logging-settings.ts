/** What may be kept and shown of bodies, as it is set now. */
import { logging, type Logging } from "@parley/contract/config/settings";
import type { ControlPlane } from "../../control-plane.ts";

export function loggingOf(plane: ControlPlane): Logging {
  const held = plane.configuration.entities.get("settings", "logging");
  return (held?.resolved as Logging | undefined) ?? logging.parse(held?.spec ?? {});
}
