/**
 * A PUT with Content-Range: its content takes the place of a part of the resource (RFC 9110 §14.5). Whether a service minds the field is a private
 * agreement. One that does not takes the part for the whole and loses the rest, and to one that does the guard would show the part as the whole.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { IncomingHttpHeaders } from "node:http";

/** Of other methods the field means nothing (§14.4). */
export function isPartial(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "PUT" && headers["content-range"] !== undefined;
}

export const partialPut: Refusal = {
  code: "partial-put",
  detail: "The PUT has a Content-Range, so that its content is a part of the resource, and this service takes only whole ones.",
};
