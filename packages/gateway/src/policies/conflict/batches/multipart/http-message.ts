/** The HTTP messages in parts of type application/http (RFC 9112 §10.2): requests by the strictest reading, answers leniently. */
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import { readFields, splitHead } from "../../../../exchange/mime-parts.ts";

export interface PartRequest {
  method: string;
  target: string;
  rawHeaders: string[];
  body: Buffer;
}

export interface PartAnswer {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}

/** Of which a second one could be the one that counts elsewhere. */
const once = ["content-type", "content-length", "host", "lock-token", "idempotency-key", "if-unmodified-since"];

/** A text says what is wrong. */
export function readRequest(content: Buffer): PartRequest | string {
  const { head, content: rest } = splitHead(content, "strict");
  const [, method, target, fields = ""] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/1\.[01](?:\r\n([^]*))?$/.exec(head) ?? [];
  if (method === undefined || target === undefined) return "begins with no request line";
  const rawHeaders = /(?:^|[^\r])\n/.test(fields) ? null : readFields(fields);
  if (rawHeaders === null) return "has a field that cannot be read";
  const twice = once.find((name) => rawHeaders.filter((field, index) => index % 2 === 0 && field.toLowerCase() === name).length > 1);
  if (twice !== undefined) return `has the field ${twice} twice`;
  if (fieldValue(rawHeaders, "transfer-encoding") !== undefined || !/^(?:identity)?$/i.test(fieldValue(rawHeaders, "content-encoding") ?? "")) return "has a coded body";
  const body = bodyOfRequest(rest, fieldValue(rawHeaders, "content-length"));
  return body === null ? "has a Content-Length that its body has not" : { method, target, rawHeaders, body };
}

/** Line ends behind what Content-Length names are none of it; without one a body of line ends alone is none. */
function bodyOfRequest(rest: Buffer, length: string | undefined): Buffer | null {
  if (length === undefined) return isBlank(rest) ? Buffer.alloc(0) : rest;
  if (!/^\d{1,9}$/.test(length) || Number(length) > rest.length) return null;
  return isBlank(rest.subarray(Number(length))) ? rest.subarray(0, Number(length)) : null;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x0d || byte === 0x0a);
}

export function readAnswer(content: Buffer): PartAnswer | null {
  const { head, content: rest } = splitHead(content, "lenient");
  const [, status, fields = ""] = /^HTTP\/\d(?:\.\d)? ([1-5]\d\d)(?: [^\r\n]*)?(?:\r?\n([^]*))?$/.exec(head) ?? [];
  const rawHeaders = readFields(fields);
  return status === undefined || rawHeaders === null ? null : { status: Number(status), rawHeaders, body: isBlank(rest) ? Buffer.alloc(0) : rest };
}
