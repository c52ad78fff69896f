/**
 * Finds fields of a multipart form (RFC 7578) in its bytes, so that one value can be read or replaced and the files beside
 * it stay where they are. Boundaries are searched natively: a file of many megabytes costs next to nothing.
 */
import { namedParts } from "../../exchange/named-parts.ts";
import { fieldValue } from "../../exchange/raw-fields.ts";

export interface FieldRange {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The fields of these names, each as often as it is there; null where the bytes are no form of this boundary, or one that a provider could read as other fields. */
export function formFields(bytes: Buffer, boundary: string, names: readonly string[]): Map<string, FieldRange[]> | null {
  const parts = namedParts(bytes, boundary);
  if (typeof parts === "string") return null;
  const found = new Map<string, FieldRange[]>();
  for (const { name, content, rawHeaders } of parts) {
    if (!isAsItIs(fieldValue(rawHeaders, "content-transfer-encoding"))) return null;
    if (!names.includes(name)) continue;
    const valueStart = content.byteOffset - bytes.byteOffset;
    found.set(name, [...(found.get(name) ?? []), { valueStart, valueEnd: valueStart + content.length }]);
  }
  return found;
}

/** Older clients say of files that they are not coded. */
function isAsItIs(coding: string | undefined): boolean {
  return coding === undefined || /^(?:7bit|8bit|binary)$/i.test(coding.trim());
}
