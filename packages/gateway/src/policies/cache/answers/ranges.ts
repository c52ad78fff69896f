/** Ranges of a whole that is kept (RFC 9110 §14): one range of bytes; what asks for several gets the whole, which is always right. */
import type { IncomingHttpHeaders } from "node:http";
import { parseEntityTag, strongMatch } from "../../../exchange/validators/entity-tag.ts";
import type { KeptAnswer } from "../store/kept-answer.ts";

/** Both ends included. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Null where the whole is the answer. */
export function rangeOf(headers: IncomingHttpHeaders, answer: KeptAnswer): ByteRange | "unsatisfiable" | null {
  const { range } = headers;
  if (range === undefined || !ifRangeHolds(headers["if-range"], answer)) return null;
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(range) ?? [];
  const length = answer.body.length;
  if (first === "" && last === "") return null;
  if (first === "") return Number(last) === 0 || length === 0 ? "unsatisfiable" : { from: Math.max(0, length - Number(last)), to: length - 1 };
  if (last !== "" && Number(last) < Number(first)) return null;
  return Number(first) >= length ? "unsatisfiable" : { from: Number(first), to: last === "" ? length - 1 : Math.min(length - 1, Number(last)) };
}

/** RFC 9110 §13.1.5: tags compared strongly, dates exactly, and only those that can be trusted. */
function ifRangeHolds(ifRange: string | string[] | undefined, { etag, lastModified }: KeptAnswer): boolean {
  if (ifRange === undefined) return true;
  const asked = String(ifRange).trim();
  const tag = parseEntityTag(asked);
  const own = etag === null ? null : parseEntityTag(etag);
  if (tag !== null) return own !== null && strongMatch(tag, own);
  // A date of one second may stand for two states; whoever has a tag uses that.
  return own === null && lastModified !== null && asked === lastModified;
}
