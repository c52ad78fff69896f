/** The parts of a multipart/form-data body (RFC 7578), read strictly: what the service could read as other fields is none that was judged. */
import type { FormField } from "@parley/openapi";
import { boundaryOf } from "../../exchange/mime-parts.ts";
import { namedParts } from "../../exchange/named-parts.ts";
import { fieldValue } from "../../exchange/raw-fields.ts";

/** A text says what is wrong. */
export function formParts(bytes: Buffer, contentType: string): FormField[] | string {
  const boundary = boundaryOf(contentType, "form-data");
  if (boundary === null) return "is no multipart/form-data with a boundary";
  const parts = namedParts(bytes, boundary);
  if (typeof parts === "string") return parts;
  // Bytes that are coded within the part are no text of it (RFC 7578 §4.7).
  if (parts.some(({ rawHeaders }) => fieldValue(rawHeaders, "content-transfer-encoding") !== undefined)) return "has a part with a Content-Transfer-Encoding";
  return parts.map(({ name, content, rawHeaders }) => ({ name, content, type: fieldValue(rawHeaders, "content-type") ?? null }));
}
