/** Hot path of HTTP/2 upstreams. Header sections between the list that everybody else knows and a stream's (RFC 9113 §8.2, §8.3). */
import type { OutgoingHttpHeaders } from "node:http2";
import type { OutgoingRequest } from "../transport.ts";

const connectionFields: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings"]);
const targetText = /^[\x21-\x7e\x80-\xff]+$/;
// eslint-disable-next-line no-control-regex
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws where a value cannot be sent. */
export function streamFields({ method, path, origin, rawHeaders }: OutgoingRequest): OutgoingHttpHeaders {
  if (!targetText.test(path)) throw new Error("the path holds a blank or a control character");
  const fields: OutgoingHttpHeaders = { ":method": method, ":path": path, ":scheme": origin.startsWith("https:") ? "https" : "http" };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    if (connectionFields.has(name) || name.startsWith(":")) continue;
    if (!fieldValue.test(value)) throw new Error(`the value of ${name} holds a control character`);
    if (name === "host") fields[":authority"] = value;
    else add(fields, name, value);
  }
  return fields;
}

/** Without the pseudo fields. */
export function answerHead(raw: readonly string[]): string[] {
  const rawHeaders: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    if ((raw[index] as string).startsWith(":")) continue;
    rawHeaders.push(raw[index] as string, raw[index + 1] as string);
  }
  return rawHeaders;
}

function add(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (name === "cookie") fields[name] = `${String(before)}; ${value}`;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [String(before), value];
}
