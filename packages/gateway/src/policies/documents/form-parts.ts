/** The parts of a multipart/form-data body (RFC 7578), read strictly: what the service could read as other fields is none that was judged. */
import type { FormField } from "@parley/openapi";
import { boundaryOf, readParts, type MimePart } from "../../exchange/mime-parts.ts";
import { fieldValue } from "../../exchange/raw-fields.ts";

/** A text says what is wrong. */
export function formParts(bytes: Buffer, contentType: string): FormField[] | string {
  const boundary = boundaryOf(contentType, "form-data");
  if (boundary === null) return "is no multipart/form-data with a boundary";
  const parts = readParts(bytes, boundary, "strict");
  if (typeof parts === "string") return parts;
  const fields: FormField[] = [];
  for (const part of parts) {
    const name = nameOf(part);
    if (name === null) return "has a part without a Content-Disposition of form-data with one name";
    // Bytes that are coded within the part are no text of it (RFC 7578 §4.7).
    if (fieldValue(part.rawHeaders, "content-transfer-encoding") !== undefined) return "has a part with a Content-Transfer-Encoding";
    fields.push({ name, content: part.content, type: fieldValue(part.rawHeaders, "content-type") ?? null });
  }
  return fields;
}

/** Room for a name and a file's name; a search through megabytes would take more stack than there is. */
const maxDispositionLength = 8 * 1024;

const parameter = /;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";]*))[ \t]*/y;

/** Null where there is no name, more than one that somebody could take, or one that is longer than any. */
function nameOf({ rawHeaders }: MimePart): string | null {
  const dispositions = rawHeaders.filter((_field, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "content-disposition");
  const [disposition = ""] = dispositions;
  const start = /^\s*form-data[ \t]*/i.exec(disposition);
  if (start === null || dispositions.length !== 1 || disposition.length > maxDispositionLength) return null;
  const names: string[] = [];
  parameter.lastIndex = start[0].length;
  while (parameter.lastIndex < disposition.length) {
    const match = parameter.exec(disposition);
    if (match === null) return null;
    const [, name = "", quoted, plain] = match;
    if (name.toLowerCase() === "name*") return null;
    if (name.toLowerCase() === "name") names.push(quoted === undefined ? (plain ?? "") : unquoted(quoted));
  }
  return names.length === 1 ? (names[0] as string) : null;
}

/** Browsers write a quotation mark as %22 and a line end as %0D%0A; others put a backslash before it. The bytes are UTF-8. */
function unquoted(text: string): string {
  const plain = text.replaceAll(/\\(.)/g, "$1").replaceAll(/%22/g, '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  return Buffer.from(plain, "latin1").toString("utf8");
}
