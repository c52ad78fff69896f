/** Bodies as JSON, where they say that they are. */
import type { Json } from "@parley/merge";

export function isJson(contentType: string): boolean {
  return /^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
}

/** The patch formats are JSON too, but no representations. */
export function patchKind(contentType: string): "merge-patch" | "json-patch" | null {
  if (/^\s*application\/merge-patch\+json\b/i.test(contentType)) return "merge-patch";
  return /^\s*application\/json-patch\+json\b/i.test(contentType) ? "json-patch" : null;
}

/** Undefined where it is none. */
export function parseJson(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return undefined;
  }
}
