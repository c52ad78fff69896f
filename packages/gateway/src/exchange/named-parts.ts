/** The parts of a multipart/form-data body with their names (RFC 7578), read strictly: a part that somebody could take for another field is a problem. */
import { readParts, type MimePart } from "./mime-parts.ts";

export interface NamedPart extends MimePart {
  name: string;
}

/** A text says what is wrong. */
export function namedParts(bytes: Buffer, boundary: string): NamedPart[] | string {
  const parts = readParts(bytes, boundary, "strict");
  if (typeof parts === "string") return parts;
  const named: NamedPart[] = [];
  for (const part of parts) {
    const name = nameOf(part);
    if (name === null) return "has a part without a Content-Disposition of form-data with one name";
    named.push({ ...part, name });
  }
  return named;
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
    if (/^name\*/i.test(name)) return null;
    if (name.toLowerCase() === "name") names.push(quoted === undefined ? (plain ?? "") : unquoted(quoted));
  }
  return names.length === 1 ? (names[0] as string) : null;
}

/** Browsers write a quotation mark as %22 and a line end as %0D%0A; others put a backslash before it. The bytes are UTF-8. */
function unquoted(text: string): string {
  const plain = text.replaceAll(/\\(.)/g, "$1").replaceAll(/%22/g, '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  return Buffer.from(plain, "latin1").toString("utf8");
}
