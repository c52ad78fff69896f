/**
 * A POST that asks to be taken for another method (`X-HTTP-Method-Override: PUT`), as clients behind old proxies send it and many frameworks
 * carry it out. Judged as a create it would write past every precondition, lease and queue.
 */
import type { IncomingHttpHeaders } from "node:http";
import { methodOverrideFields } from "../../../exchange/method-override.ts";

export { methodOverrideFields };

/** OData's MERGE is what became PATCH. */
const methods: Readonly<Record<string, string>> = { PUT: "PUT", PATCH: "PATCH", MERGE: "PATCH", DELETE: "DELETE" };

/** Null where it stays the POST that it is. */
export function overriddenMethod(headers: IncomingHttpHeaders): string | null {
  for (const name of methodOverrideFields) {
    const value = headers[name];
    if (typeof value !== "string") continue;
    const method = value.trim().toUpperCase();
    if (Object.hasOwn(methods, method)) return methods[method] ?? null;
  }
  return null;
}
