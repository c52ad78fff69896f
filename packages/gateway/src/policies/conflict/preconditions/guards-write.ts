/** What counts as a precondition where one is required: something that would have noticed that the resource had changed. */
import type { CurrentRepresentation } from "./evaluate.ts";
import type { Preconditions } from "./preconditions.ts";

/**
 * True for If-Match, for `If-None-Match: *` (nothing is overwritten), and for a date where the resource has one.
 * If-None-Match with tags says only what the resource is not, which guards nothing. A date beside If-Match counts for nothing.
 */
export function guardsWrite(preconditions: Preconditions, current: Pick<CurrentRepresentation, "lastModified">): boolean {
  if (preconditions.ifMatch !== null || preconditions.ifNoneMatch?.kind === "any") return true;
  return preconditions.ifUnmodifiedSince !== null && current.lastModified !== null;
}
