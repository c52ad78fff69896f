/** The state of the installation in one sentence: the worst first. */
import type { Status } from "@parley/contract/api/system";
import { sizeText } from "../../format/quantities.ts";

export interface HealthSummary {
  well: boolean;
  title: string;
  fix: string;
}

export function healthSummary(status: Pick<Status, "stores" | "gateways" | "configuration" | "snapshotVersion" | "disk" | "lost">): HealthSummary {
  const broken = status.stores.filter((store) => !store.ok).map((store) => store.name);
  if (status.gateways.length === 0) return { well: false, title: "No gateway is connected", fix: "The supervisor starts one again by itself. If it stays away, its log says why." };
  // Where it is the cause of what is below.
  if (status.disk?.nearlyFull) return { well: false, title: `The disk is nearly full: ${sizeText(status.disk.freeBytes)} left`, fix: "Once it is full calls go on and are not recorded, and nothing can be changed. Make room, or keep the call log for a shorter time (Settings)." };
  if (broken.length > 0) return { well: false, title: `Not well: ${broken.join(", ")}`, fix: "Calls go on meanwhile. The detail below says what is wrong." };
  if (status.configuration.some((finding) => finding.severity === "error")) {
    return { well: false, title: "The configuration file has errors", fix: "The configuration before it stays in force until they are corrected." };
  }
  if (status.lost.some(({ goesOn }) => goesOn)) return { well: false, title: "Not everything is recorded or exported", fix: "Calls are not touched. What was dropped is below; the log says why. Ten minutes after the last loss this is well again." };
  if (status.gateways.some((gateway) => gateway.snapshotVersion < status.snapshotVersion)) return { well: true, title: "A gateway is taking over a change", fix: "This takes less than a second." };
  return { well: true, title: "All is well", fix: "" };
}
