/**
 * Hot path (benchmark: guard). RFC 9110 §13.2.2: the order in which an origin evaluates preconditions, as one pure function.
 *
 *   1  If-Match                                            false: 412
 *   2  else If-Unmodified-Since                            false: 412
 *   3  If-None-Match                                       false: 304 for GET and HEAD, 412 otherwise
 *   4  else If-Modified-Since, for GET and HEAD            false: 304
 *   5  Range with If-Range, for GET                        false: the Range is ignored
 *   6  the method is carried out
 */
import { type EntityTag, type ModificationDate, strongMatch } from "../validators/index.ts";
import { matchesCurrent } from "./matches-current.ts";
import type { Preconditions } from "./preconditions.ts";

/** What the resource is now. Where nothing exists there is neither a tag nor a date. */
export interface CurrentRepresentation {
  exists: boolean;
  etag: EntityTag | null;
  lastModified: ModificationDate | null;
}

/** `weak` is a documented deviation from §13.1.1, for APIs that put weak tags into If-Match. */
export type IfMatchComparison = "strong" | "weak";

export type PreconditionField = "if-match" | "if-unmodified-since" | "if-none-match" | "if-modified-since";

export type PreconditionVerdict =
  /** `honourRange` false: the Range is ignored and the whole is sent. `weakDate`: what let it pass was a date that could hide a change within its second. */
  | { kind: "proceed"; honourRange: boolean; weakDate: boolean }
  | { kind: "not-modified"; by: PreconditionField }
  | { kind: "failed"; by: PreconditionField };

const proceed = Object.freeze({ kind: "proceed", honourRange: true, weakDate: false } as const);
const proceedOnWeakDate = Object.freeze({ kind: "proceed", honourRange: true, weakDate: true } as const);
const proceedWithoutRange = Object.freeze({ kind: "proceed", honourRange: false, weakDate: false } as const);

/** Methods that neither select nor change a representation have no preconditions (§13.2.1). */
const unconditional = new Set(["CONNECT", "OPTIONS", "TRACE"]);

export function evaluatePreconditions(
  method: string,
  preconditions: Preconditions,
  current: CurrentRepresentation,
  comparison: IfMatchComparison,
): PreconditionVerdict {
  if (unconditional.has(method)) return proceed;
  const reads = method === "GET" || method === "HEAD";
  // §13.2.1: a read of what does not exist is answered 404 whatever its preconditions are.
  if (reads && !current.exists) return proceed;
  const unchanged = evaluateUnchanged(preconditions, current, comparison);
  if (unchanged.kind === "failed") return unchanged;
  const changed = evaluateChanged(preconditions, current, reads);
  if (changed !== null) return changed;
  if (method === "GET" && preconditions.ifRange !== null && !rangeApplies(preconditions.ifRange, current)) return proceedWithoutRange;
  return unchanged;
}

/** Steps 1 and 2: is it still what the client thinks it is? */
function evaluateUnchanged(preconditions: Preconditions, current: CurrentRepresentation, comparison: IfMatchComparison): PreconditionVerdict {
  if (preconditions.ifMatch !== null) {
    return current.exists && matchesCurrent(preconditions.ifMatch, current.etag, comparison) ? proceed : { kind: "failed", by: "if-match" };
  }
  // §13.1.4: a resource without a modification date has the field ignored.
  if (preconditions.ifUnmodifiedSince === null || current.lastModified === null) return proceed;
  if (current.lastModified.ms > preconditions.ifUnmodifiedSince) return { kind: "failed", by: "if-unmodified-since" };
  return current.lastModified.strong ? proceed : proceedOnWeakDate;
}

/** Steps 3 and 4: is it something that the client does not have yet? Null: yes, or it did not ask. */
function evaluateChanged(preconditions: Preconditions, current: CurrentRepresentation, reads: boolean): PreconditionVerdict | null {
  if (preconditions.ifNoneMatch !== null) {
    if (!current.exists || !matchesCurrent(preconditions.ifNoneMatch, current.etag, "weak")) return null;
    return reads ? { kind: "not-modified", by: "if-none-match" } : { kind: "failed", by: "if-none-match" };
  }
  if (!reads || preconditions.ifModifiedSince === null || current.lastModified === null) return null;
  return current.lastModified.ms <= preconditions.ifModifiedSince ? { kind: "not-modified", by: "if-modified-since" } : null;
}

/** Step 5. Strong comparison only, and no suffix taken off: the bytes are to continue the ones that the client has. */
function rangeApplies(ifRange: NonNullable<Preconditions["ifRange"]>, current: CurrentRepresentation): boolean {
  switch (ifRange.kind) {
    case "tag":
      return current.etag !== null && strongMatch(ifRange.tag, current.etag);
    case "date":
      return current.lastModified !== null && current.lastModified.strong && current.lastModified.ms === ifRange.ms;
    case "never":
      return false;
  }
}
