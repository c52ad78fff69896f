/** Hot path (benchmark: guard). Which of a resource's representations a request selects, by the answer's Vary (RFC 9110 §12.5.5). */
import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Codings are taken off before hashing, and get their own suffix: they make no view of their own. */
const notAView = new Set(["accept-encoding", ""]);

/**
 * The selecting fields and their values in one text, the same for the same selection; "" where nothing selects.
 * Null for `Vary: *`: no later request is known to select the same, so there is nothing to compare with.
 */
export function varyView(vary: string | undefined, requestHeaders: IncomingHttpHeaders): string | null {
  if (vary === undefined || vary === "") return "";
  const names = vary.toLowerCase().split(",").map((name) => name.trim()).filter((name) => !notAView.has(name));
  if (names.includes("*")) return null;
  return [...new Set(names)].sort().map((name) => `${name}:${String(requestHeaders[name] ?? "")}`).join("\n");
}

/** A view as the ledger keeps it: 16 characters, and no header's value (which may be a credential) can be read from it. */
export function viewKey(view: string, caller: string): string {
  return view === "" && caller === "" ? "" : hash("sha256", `${caller}\0${view}`, "base64url").slice(0, 16);
}
