/** Hot path of services with a cache. Whether the caller has what is kept already (RFC 9111 §4.3.2). */
import type { IncomingHttpHeaders } from "node:http";
import { parseEntityTag, weakMatch } from "../../../exchange/validators/entity-tag.ts";
import { parseEntityTagCondition } from "../../../exchange/validators/entity-tag-condition.ts";
import { parseHttpDate } from "../../../exchange/validators/http-date.ts";

export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

export function notModified(headers: IncomingHttpHeaders, { etag, lastModified }: Validators, nowMs: number): boolean {
  const ifNoneMatch = headers["if-none-match"];
  // With a tag to compare the date says nothing (RFC 9110 §13.1.3).
  if (ifNoneMatch !== undefined) {
    const condition = parseEntityTagCondition(ifNoneMatch);
    if (!condition.ok) return false;
    if (condition.value.kind === "any") return true;
    const own = etag === null ? null : parseEntityTag(etag);
    return own !== null && condition.value.tags.some((tag) => weakMatch(tag, own));
  }
  const since = headers["if-modified-since"];
  if (since === undefined || lastModified === null) return false;
  const sinceMs = parseHttpDate(since, nowMs);
  const modifiedMs = parseHttpDate(lastModified, nowMs);
  return sinceMs !== null && modifiedMs !== null && modifiedMs <= sinceMs;
}
