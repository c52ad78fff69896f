/** Hot path (benchmarks: http). The header section of a request, read strictly, and what it says of the body and the connection. */
import type { IncomingHttpHeaders } from "node:http";
import type { Refusal } from "@parley/contract/problems/problem";
import { isValidHost } from "../../exchange/host.ts";
import { fieldLines } from "../../http1/field-lines.ts";
import { authorityOf } from "../../routing/path-segments.ts";
import type { RequestHead } from "../http-exchange.ts";
import { isOnceOnly } from "../repeated-field.ts";
import { ambiguousLength, malformed, tooManyFields } from "./request-faults.ts";
import { addField, type FieldNames } from "./field-map.ts";
import { requestLine } from "./request-line.ts";

export interface InboundHead extends RequestHead {
  readonly method: string;
  readonly target: string;
  readonly isHttp10: boolean;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body; null where it is chunked. */
  length: number | null;
  /** The connection can carry another request after this one. */
  keepAlive: boolean;
  /** How many Host fields there are. */
  hosts: number;
  /** A field that may be there once only and is there again, in lower case. */
  repeated: string | null;
  /** The client holds the body back until it is asked for it (RFC 9110 §10.1.1). */
  expectsContinue: boolean;
  /** The connection may switch to another protocol after this request, which has no body. */
  mayUpgrade: boolean;
}

/** node:http would leave out what is past 2,000, and so would hide it from us and not from others. */
const maxFields = 2000;

/** Switching to h2c would carry calls past every policy of this gateway; asking for it is ignored, as RFC 9110 §7.8 allows. */
const otherHttp = /(?:^|[\s,])(?:h2c|tls\/|http\/)/i;

const slash = 47;

/** `text` is the section without the empty line at its end. */
export function inboundHead(text: string, names: FieldNames): InboundHead | Refusal {
  const lineBreak = text.indexOf("\r\n");
  const lineEnd = lineBreak === -1 ? text.length : lineBreak;
  const line = requestLine(text, lineEnd);
  if (typeof line === "string") return malformed(line);
  const rawHeaders = lineBreak === -1 ? [] : fieldLines(text, lineBreak + 2);
  if (typeof rawHeaders === "string") return malformed(rawHeaders);
  if (rawHeaders.length > maxFields * 2) return tooManyFields(maxFields);
  const { method, target, isHttp10 } = line;
  const head: InboundHead = {
    method, target, isHttp10, httpVersion: isHttp10 ? "1.0" : "1.1", rawHeaders, headers: {},
    length: 0, keepAlive: !isHttp10, hosts: 0, repeated: null, expectsContinue: false, mayUpgrade: false,
  };
  const refusal = readFields(head, names);
  if (refusal !== null) return refusal;
  if (target.charCodeAt(0) !== slash) takeHostOfTarget(head);
  return head;
}

/** RFC 9112 §3.2.2: where the target is in absolute form its host counts, whatever the Host field says. One that says nonsense stays, and is refused (§3.2). */
function takeHostOfTarget({ target, headers }: InboundHead): void {
  const authority = authorityOf(target);
  if (authority !== null && (headers.host === undefined || isValidHost(headers.host))) headers.host = authority;
}

function readFields(head: InboundHead, names: FieldNames): Refusal | null {
  const { rawHeaders, headers } = head;
  let lengths = 0;
  let codings = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = names.lower(rawHeaders[index] as string);
    const value = rawHeaders[index + 1] as string;
    if (isOnceOnly(name) && headers[name] !== undefined) head.repeated = name;
    addField(headers, name, value);
    if (name === "host") head.hosts++;
    else if (name === "content-length") lengths++;
    else if (name === "transfer-encoding") codings++;
  }
  if (headers.connection !== undefined) readConnection(head, headers.connection);
  head.expectsContinue = !head.isHttp10 && headers.expect !== undefined && headers.expect.toLowerCase() === "100-continue";
  const problem = lengths + codings === 0 ? null : readFraming(head, lengths, codings);
  if (head.mayUpgrade) head.mayUpgrade = head.length === 0 && !head.isHttp10 && headers.upgrade !== undefined && !otherHttp.test(headers.upgrade);
  return problem;
}

/** RFC 9112 §6.3: whatever could be read in two ways is refused. */
function readFraming(head: InboundHead, lengths: number, codings: number): Refusal | null {
  const { headers } = head;
  if (codings > 0) {
    if (lengths > 0) return ambiguousLength;
    // §6.1: coded by something that cannot know of it, so the framing is not to be trusted.
    if (head.isHttp10) return malformed("an HTTP/1.0 request has a Transfer-Encoding");
    if (codings > 1 || (headers["transfer-encoding"] as string).toLowerCase() !== "chunked") return malformed("the Transfer-Encoding is not chunked");
    head.length = null;
    return null;
  }
  if (lengths > 1) return malformed("there is more than one Content-Length");
  const length = headers["content-length"] as string;
  if (!/^\d{1,15}$/.test(length)) return malformed("the Content-Length is not a number");
  head.length = Number(length);
  return null;
}

function readConnection(head: InboundHead, connection: string): void {
  const options = connection.toLowerCase();
  if (options === "keep-alive") head.keepAlive = true;
  else if (options === "close") head.keepAlive = false;
  else {
    const named = options.split(/[,\s]+/, 64);
    if (named.includes("close")) head.keepAlive = false;
    else if (named.includes("keep-alive")) head.keepAlive = true;
    head.mayUpgrade = named.includes("upgrade");
  }
}
