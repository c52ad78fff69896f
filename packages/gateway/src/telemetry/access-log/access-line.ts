/**
 * Hot path of gateways with an access log. One call as a line that no field can break out of: control characters, also
 * those that turn the direction of writing, stand as escapes. The query is left out, because it may hold secrets.
 */
import type { CallRecord } from "@parley/contract/call-record";

/** What a record has not. */
export interface AccessFields {
  /** Such as 1.1 or 2.0. */
  httpVersion: string;
  referer?: string | undefined;
}

export type AccessLine = (record: CallRecord, fields: AccessFields) => string;

const members = [
  "id", "service", "kind", "version", "consumer", "key", "clientAddress", "method", "path", "host", "status", "error", "cause", "conflict", "cutBy", "durationMs", "firstByteMs", "requestBytes", "responseBytes",
  "upstream", "upstreamStatus", "upstreamMs", "attempts", "provider", "model", "inputTokens", "outputTokens", "costUsd", "userAgent", "traceId",
] as const satisfies (keyof CallRecord)[];

/** Without a line break; members that do not apply are left out. */
export function jsonLine(record: CallRecord, { httpVersion, referer }: AccessFields): string {
  const line: Record<string, unknown> = { time: new Date(record.at).toISOString(), httpVersion, referer };
  for (const member of members) line[member] = record[member];
  return JSON.stringify(line).replaceAll(unseen, escaped);
}

/** What JSON lets through as it is, and terminals and readers of lines act on. */
const unseen = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The combined log format, as Apache and nginx write it: host, ident, user, time, request, status, bytes, referer, user agent. */
export function combinedLine(record: CallRecord, { httpVersion, referer }: AccessFields): string {
  // Without a method it never became a request.
  const request = record.method === "" ? undefined : `${record.method} ${record.path} HTTP/${httpVersion}`;
  return `${plain(record.clientAddress)} - ${plain(record.consumer)} [${timeOf(record.at)}] "${quoted(request)}" ${record.status} ${record.responseBytes || "-"} "${quoted(referer)}" "${quoted(record.userAgent)}"`;
}

/** Fields end at a blank. */
function plain(text: string | undefined): string {
  return text === undefined || text === "" ? "-" : quoted(text).replaceAll(" ", "\\x20");
}

function quoted(text: string | undefined): string {
  return text === undefined || text === "" ? "-" : text.replaceAll(/[^\x20-\x7e]|["\\]/g, (character) => (character === '"' || character === "\\" ? `\\${character}` : bytesOf(character)));
}

function bytesOf(character: string): string {
  return Buffer.from(character).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, "0")}`, "");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** In UTC, such as 22/Nov/2026:18:03:16 +0000. */
function timeOf(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
