/**
 * The parts of a multipart body (RFC 2046 §5.1). A request is read by the strictest reading: whatever another parser could take for another
 * boundary, another part or another field is a problem, or the gateway would judge one batch or one form and the service carry out another. Answers are read leniently.
 */
import { trimBlanks } from "./validators/entity-tag-condition.ts";

export interface MimePart {
  /** All of it, without the line end before the next boundary. */
  bytes: Buffer;
  /** Name, value, … as written. */
  rawHeaders: string[];
  content: Buffer;
}

export type MimeReading = "strict" | "lenient";

const parameter = /;\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"([^"\\]*)"|([^\s";]*))\s*)?/y;

/** Null where the Content-Type is none of the subtype, names no boundary (RFC 2046 §5.1.1), or more than one that somebody could take. */
export function boundaryOf(contentType: string, subtype: "mixed" | "form-data" = "mixed"): string | null {
  const type = /^\s*multipart\/(mixed|form-data)\s*/i.exec(contentType);
  if (type?.[1]?.toLowerCase() !== subtype) return null;
  const found: string[] = [];
  parameter.lastIndex = type[0].length;
  while (parameter.lastIndex < contentType.length) {
    const match = parameter.exec(contentType);
    if (match === null) return null;
    const [, name = "", quoted, plain = ""] = match;
    if (/^boundary\*/i.test(name)) return null;
    if (name.toLowerCase() === "boundary") found.push((quoted === undefined ? /^[A-Za-z0-9'+_.-]{1,70}$/.exec(plain) : /^[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]$/.exec(quoted))?.[0] ?? "");
  }
  return found.length === 1 ? (found[0] || null) : null;
}

/** More than any batch has items and any form has fields; each costs more than its bytes. */
const maxParts = 10_000;

/** A text says what is wrong. */
export function readParts(bytes: Buffer, boundary: string, reading: MimeReading): MimePart[] | string {
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  const parts: MimePart[] = [];
  let start = -1;
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (!isAtLineStart(bytes, at, reading)) {
      if (reading === "lenient") continue;
      return "has its boundary inside of a line, or behind a bare line feed";
    }
    if (start !== -1) {
      const part = readPart(bytes.subarray(start, Math.max(start, lineEndBefore(bytes, at))), reading);
      if (typeof part === "string") return part;
      if (parts.push(part) > maxParts) return `has more than ${maxParts} parts`;
    }
    const after = at + delimiter.length;
    if (bytes.toString("latin1", after, after + 2) === "--") return reading === "lenient" || isBlank(bytes, after + 2) ? parts : "goes on behind its last boundary";
    const lineEnd = /^[ \t]*(\r?\n)/.exec(bytes.toString("latin1", after, after + 80));
    if (lineEnd === null || (reading === "strict" && lineEnd[1] !== "\r\n")) return "has something else behind a boundary than the end of the line";
    start = after + lineEnd[0].length;
  }
  return start === -1 ? "has no part of the boundary that its Content-Type names" : "has no boundary at its end";
}

const blanks: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

function isBlank(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (!blanks.has(bytes[at] as number)) return false;
  return true;
}

function isAtLineStart(bytes: Buffer, at: number, reading: MimeReading): boolean {
  if (at === 0) return true;
  return bytes[at - 1] === 0x0a && (reading === "lenient" || bytes[at - 2] === 0x0d);
}

function lineEndBefore(bytes: Buffer, at: number): number {
  return bytes[at - 2] === 0x0d ? at - 2 : at - 1;
}

/** A part whose fields have no end is not made a text of: it may be a file. */
const maxHeadBytes = 64 * 1024;

function readPart(bytes: Buffer, reading: MimeReading): MimePart | string {
  if (reading === "strict" && headLength(bytes) > maxHeadBytes) return "has a part whose fields are too long";
  const { head, content } = splitHead(bytes, reading);
  const rawHeaders = readFields(head);
  return rawHeaders === null ? "has a part with a field that cannot be read" : { bytes, rawHeaders, content };
}

function headLength(bytes: Buffer): number {
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return 0;
  const end = bytes.indexOf("\r\n\r\n");
  return end === -1 ? bytes.length : end;
}

/** A message that is nothing but its head needs no empty line at its end. */
export function splitHead(bytes: Buffer, reading: MimeReading): { head: string; content: Buffer } {
  const end = /^(?:\r?\n)|\r\n\r\n|\n\r?\n/.exec(reading === "strict" ? "" : bytes.toString("latin1"));
  if (reading === "lenient" && end !== null) return { head: bytes.toString("latin1", 0, end.index), content: bytes.subarray(end.index + end[0].length) };
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return { head: "", content: bytes.subarray(2) };
  const at = bytes.indexOf("\r\n\r\n");
  return at === -1 ? { head: bytes.toString("latin1").replace(/\r\n$/, ""), content: Buffer.alloc(0) } : { head: bytes.toString("latin1", 0, at), content: bytes.subarray(at + 4) };
}

/** Null where a line is no field: folded, without a colon, with a space before it, or with a control character (RFC 9112 §5.1). */
export function readFields(head: string): string[] | null {
  const fields: string[] = [];
  if (head === "") return fields;
  for (const line of head.split(/\r?\n/)) {
    // The blanks at both ends are taken off afterwards: a pattern with a part for them and one for the value tries every place between the two.
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (field === null) return null;
    fields.push(field[1] as string, trimBlanks(field[2] as string));
  }
  return fields;
}
