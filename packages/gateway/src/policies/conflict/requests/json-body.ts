/** Bodies as JSON, where they say that they are. */
import { isUtf8 } from "node:buffer";
import { type Json, parseExactly } from "@parley/merge";

/** The characters of a subtype are RFC 6838's (§4.2). */
export function isJson(contentType: string): boolean {
  return /^\s*application\/(?:[\w.+!#$&^-]+\+)?json\b/i.test(contentType);
}

/**
 * What a PATCH of JSON means. Services that take their resources' own type mean a merge patch by it, nearly all. `unknown`: another format
 * (Kubernetes' strategic merge patch, SCIM's operations), of which a merge patch's rules would say what is not so.
 */
export function patchKind(contentType: string): "merge-patch" | "json-patch" | "unknown" {
  const subtype = /^\s*application\/([\w.+!#$&^-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? "";
  if (subtype === "merge-patch+json") return "merge-patch";
  if (subtype === "json-patch+json") return "json-patch";
  return /patch|^scim\+json$/.test(subtype) ? "unknown" : "merge-patch";
}

/** Undefined where it is none. Bytes of another charset are none either (RFC 8259 §8.1): read as UTF-8 they would be written back as something else. */
export function parseJson(bytes: Buffer): Json | undefined {
  try {
    return isUtf8(bytes) ? parseExactly(bytes.toString("utf8")) : undefined;
  } catch {
    return undefined;
  }
}
