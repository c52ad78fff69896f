/**
 * A call made again: what is sent, and whether it may be. What may change something (RFC 9110 section 9.2.1: every method
 * that is not safe) is repeated only under a new idempotency key, so that nobody doubles a change by a click.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { repetitionOf } from "./call-snippets.ts";
import type { KeptBody } from "./kept-bodies.ts";

export interface ReplayDraft {
  method: string;
  path: string;
  /** A field a line. */
  headers: string;
  body: string;
  idempotencyKey: string;
}

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/;
const keyHeader = "idempotency-key";

/** `kept` is the body that was sent, where it is kept whole; else a small one of the right shape stands in its place. */
export function draftOf(call: CallRecord, kept: KeptBody | null): ReplayDraft {
  const { body, contentType = "application/json" } = repetitionOf(call, "", kept);
  return { method: call.method, path: call.path, headers: body === null ? "" : `Content-Type: ${contentType}`, body: body ?? "", idempotencyKey: "" };
}

export function isSafe(method: string): boolean {
  return safeMethods.has(method.toUpperCase());
}

export type ReplayRequest = { ok: true; call: { method: string; path: string; headers: Record<string, string>; body?: string } } | { ok: false; place: "path" | "headers" | "idempotencyKey"; message: string };

/** `used` are the keys under which this call was already repeated here. */
export function requestOf(draft: ReplayDraft, used: ReadonlySet<string>): ReplayRequest {
  const method = draft.method.trim().toUpperCase();
  if (!/^\/[\u0021-\u007e]*$/.test(draft.path)) return { ok: false, place: "path", message: "A path on the gateway begins with / and has no blanks." };
  const headers = headersOf(draft.headers);
  if (headers === null) return { ok: false, place: "headers", message: "Each line is a name, a colon and a value." };
  const key = draft.idempotencyKey.trim();
  if (!isSafe(method)) {
    if (key === "") return { ok: false, place: "idempotencyKey", message: `${method} may change something. It is repeated only under a new idempotency key.` };
    if (used.has(key)) return { ok: false, place: "idempotencyKey", message: "A call was already made under this key. A repeat needs a new one." };
    headers["Idempotency-Key"] = key;
  }
  return { ok: true, call: { method, path: draft.path, headers, ...(draft.body === "" || isSafe(method) ? {} : { body: draft.body }) } };
}

/** Without a key of its own: that has its own field. */
function headersOf(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const line of text.split("\n").map((one) => one.trim()).filter((one) => one !== "")) {
    const [, name, value] = fieldLine.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    if (name.toLowerCase() !== keyHeader) headers[name] = value;
  }
  return headers;
}

/** The same path under another service. */
export function pathUnder(path: string, from: string | undefined, to: string): string {
  const rest = from !== undefined && (path === from || path.startsWith(`${from.replace(/\/$/, "")}/`)) ? path.slice(from.replace(/\/$/, "").length) : "";
  return `${to.replace(/\/$/, "")}${rest}` || "/";
}
