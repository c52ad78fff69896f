/** `private`, which keeps a whole answer from a shared cache, and `private="X-Account"`, which keeps these fields from it (RFC 9111 §5.2.2.7). */
import { type CacheControl, says } from "./cache-control.ts";

const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Without these nobody could tell what the body is, for whom and for how long. */
const indispensable = /^(?:content-.*|vary|date|age|expires|cache-control)$/;
const none: ReadonlySet<string> = new Set();

/** In lower case, none where nothing is private; null where all of the answer is, as also where the names are none. */
export function privateFields(control: CacheControl): ReadonlySet<string> | null {
  if (!says(control, "private")) return none;
  const names = control.directives.get("private")?.toLowerCase().split(",").map((name) => name.trim()) ?? [];
  return names.length > 0 && names.every((name) => fieldName.test(name) && !indispensable.test(name)) ? new Set(names) : null;
}
