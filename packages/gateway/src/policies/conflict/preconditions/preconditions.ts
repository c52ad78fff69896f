/** Hot path (benchmark: guard). The precondition fields of a request, parsed. Malformed entity-tags are refused, malformed dates ignored (RFC 9110 §13.1.3, §13.1.4). */
import type { IncomingHttpHeaders } from "node:http";
import { type EntityTag, type EntityTagCondition, parseEntityTag, parseEntityTagCondition, parseHttpDate, type Parsed } from "../validators/index.ts";

export interface Preconditions {
  ifMatch: EntityTagCondition | null;
  ifNoneMatch: EntityTagCondition | null;
  /** Unix milliseconds. */
  ifModifiedSince: number | null;
  ifUnmodifiedSince: number | null;
  /** Only beside a Range; a date that cannot be read is `never`, so that the Range is ignored. */
  ifRange: { kind: "tag"; tag: EntityTag } | { kind: "date"; ms: number } | { kind: "never" } | null;
}

const none: Parsed<Preconditions> = {
  ok: true,
  value: Object.freeze({ ifMatch: null, ifNoneMatch: null, ifModifiedSince: null, ifUnmodifiedSince: null, ifRange: null }),
};

/** The problem names the field. */
export function parsePreconditions(headers: IncomingHttpHeaders, nowMs: number): Parsed<Preconditions> {
  if (!hasPrecondition(headers)) return none;
  const ifMatch = condition(headers, "if-match");
  if (!ifMatch.ok) return ifMatch;
  const ifNoneMatch = condition(headers, "if-none-match");
  if (!ifNoneMatch.ok) return ifNoneMatch;
  const ifRange = range(headers, nowMs);
  if (!ifRange.ok) return ifRange;
  return {
    ok: true,
    value: {
      ifMatch: ifMatch.value,
      ifNoneMatch: ifNoneMatch.value,
      ifModifiedSince: date(headers["if-modified-since"], nowMs),
      ifUnmodifiedSince: date(headers["if-unmodified-since"], nowMs),
      ifRange: ifRange.value,
    },
  };
}

function hasPrecondition(headers: IncomingHttpHeaders): boolean {
  return (
    headers["if-match"] !== undefined ||
    headers["if-none-match"] !== undefined ||
    headers["if-modified-since"] !== undefined ||
    headers["if-unmodified-since"] !== undefined ||
    headers["if-range"] !== undefined
  );
}

function condition(headers: IncomingHttpHeaders, field: "if-match" | "if-none-match"): Parsed<EntityTagCondition | null> {
  const text = headers[field];
  if (text === undefined) return { ok: true, value: null };
  const parsed = parseEntityTagCondition(text);
  return parsed.ok ? parsed : { ok: false, problem: `${field === "if-match" ? "If-Match" : "If-None-Match"}: ${parsed.problem}` };
}

function date(text: string | undefined, nowMs: number): number | null {
  return text === undefined ? null : parseHttpDate(text, nowMs);
}

/** §13.1.5: a tag or a date; without a Range the field is ignored. */
function range(headers: IncomingHttpHeaders, nowMs: number): Parsed<Preconditions["ifRange"]> {
  const text = headers["if-range"];
  if (text === undefined || headers.range === undefined) return { ok: true, value: null };
  const value = Array.isArray(text) ? text.join(", ") : text;
  if (/^(?:W\/)?"/.test(value)) {
    const tag = parseEntityTag(value);
    return tag ? { ok: true, value: { kind: "tag", tag } } : { ok: false, problem: "If-Range: it takes exactly one entity-tag in double quotes, or a date" };
  }
  const ms = parseHttpDate(value, nowMs);
  return { ok: true, value: ms === null ? { kind: "never" } : { kind: "date", ms } };
}
