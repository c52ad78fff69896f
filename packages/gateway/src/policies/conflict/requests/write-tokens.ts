/** The fields by which a write says that it repeats another one, or that it comes under a lease. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { IncomingHttpHeaders } from "node:http";

export interface WriteTokens {
  idempotencyKey: string | null;
  lockToken: string | null;
}

const maxKeyLength = 255;
const maxTokenLength = 256;

/** A structured-field string, or the bare value that most clients send. */
export function parseWriteTokens(headers: IncomingHttpHeaders): WriteTokens | Refusal {
  const key = idempotencyKey(headers["idempotency-key"]);
  if (key !== null && typeof key !== "string") return key;
  const token = lockToken(headers["lock-token"]);
  if (token !== null && typeof token !== "string") return token;
  return { idempotencyKey: key, lockToken: token };
}

function idempotencyKey(field: string | string[] | undefined): string | null | Refusal {
  if (field === undefined) return null;
  const malformed = (what: string): Refusal => ({ code: "idempotency-key-malformed", detail: `Idempotency-Key ${what}.` });
  if (Array.isArray(field)) return malformed("was sent more than once");
  const text = field.trim();
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"(?:\s*;.*)?$/.exec(text);
  if (text.startsWith('"') && quoted === null) return malformed("is no structured-field string: a quote is missing, or a character must not stand in it");
  const key = quoted ? (quoted[1] ?? "").replaceAll(/\\(["\\])/g, "$1") : text;
  if (key === "") return malformed("is empty");
  if (key.length > maxKeyLength) return malformed(`is longer than ${maxKeyLength} characters`);
  return quoted || /^[\x21-\x7e]+$/.test(key) ? key : malformed("has characters other than visible ASCII");
}

/** RFC 4918 §10.5: a coded URL. The bare token is taken, too. */
export function lockToken(field: string | string[] | undefined): string | null | Refusal {
  if (field === undefined) return null;
  const text = Array.isArray(field) ? "" : field.trim();
  const token = text.startsWith("<") && text.endsWith(">") ? text.slice(1, -1) : text;
  if (/^[\x21\x23-\x3b\x3d\x3f-\x7e]+$/.test(token) && token.length <= maxTokenLength) return token;
  return { code: "malformed-lock", detail: "Lock-Token takes one token, as LOCK returned it." };
}

export function isRefusal(value: object | string | null): value is Refusal {
  return typeof value === "object" && value !== null && "code" in value;
}
