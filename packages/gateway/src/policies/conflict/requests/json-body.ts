/** Bodies as JSON, where they say that they are. */
import { isUtf8 } from "node:buffer";
import { type Json, parseExactly } from "@parley/merge";

export function isJson(contentType: string): boolean {
  return /^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
}

/** The patch formats are JSON too, but no representations. */
export function patchKind(contentType: string): "merge-patch" | "json-patch" | null {
  if (/^\s*application\/merge-patch\+json\b/i.test(contentType)) return "merge-patch";
  return /^\s*application\/json-patch\+json\b/i.test(contentType) ? "json-patch" : null;
}

/** Undefined where it is none. Bytes of another charset are none either (RFC 8259 §8.1): read as UTF-8 they would be written back as something else. */
export function parseJson(bytes: Buffer): Json | undefined {
  try {
    return isUtf8(bytes) ? parseExactly(bytes.toString("utf8")) : undefined;
  } catch {
    return undefined;
  }
}
