/**
 * Finds fields of a multipart form (RFC 7578) in its bytes, so that one value can be read or replaced and the files beside
 * it stay where they are. Boundaries are searched natively: a file of many megabytes costs next to nothing.
 */
export interface FieldRange {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** More parts than any API takes. */
const maxParts = 1000;
const maxHeaderBytes = 8 * 1024;
const headerEnd = Buffer.from("\r\n\r\n");

/** The fields of these names, each as often as it is there; null where the bytes are no form of this boundary. */
export function formFields(bytes: Buffer, boundary: string, names: readonly string[]): Map<string, FieldRange[]> | null {
  const opening = Buffer.from(`--${boundary}`, "latin1");
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const found = new Map<string, FieldRange[]>();
  let at = bytes.indexOf(opening);
  // What comes before the first boundary means nothing, and ends with a line end.
  if (at === -1 || (at > 0 && bytes.toString("latin1", at - 2, at) !== "\r\n")) return null;
  at += opening.length;
  for (let part = 0; part < maxParts; part++) {
    if (bytes.toString("latin1", at, at + 2) === "--") return found;
    const valueStart = bytes.indexOf(headerEnd, at) + headerEnd.length;
    const valueEnd = bytes.indexOf(delimiter, valueStart);
    if (valueStart < headerEnd.length || valueStart - at > maxHeaderBytes || valueEnd === -1) return null;
    const name = fieldName(bytes.toString("utf8", at, valueStart));
    if (name !== null && names.includes(name)) found.set(name, [...(found.get(name) ?? []), { valueStart, valueEnd }]);
    at = valueEnd + delimiter.length;
  }
  return null;
}

function fieldName(header: string): string | null {
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(header)?.[1];
  return (disposition && /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition)?.slice(1).find((name) => name !== undefined)) ?? null;
}
