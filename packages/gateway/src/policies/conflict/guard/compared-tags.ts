/** Hot path (benchmark: guard). Preconditions in the form in which they are compared: of the gateway's own tags the digest counts and the revision does not. */
import type { CurrentRepresentation, Preconditions } from "../preconditions/index.ts";
import { type EntityTag, type EntityTagCondition, parseBodyHashTag } from "../validators/index.ts";
import type { Representation } from "./representation.ts";

export function compared(preconditions: Preconditions, kind: Representation["kind"]): Preconditions {
  if (kind !== "own" || (preconditions.ifMatch === null && preconditions.ifNoneMatch === null)) return preconditions;
  return { ...preconditions, ifMatch: byDigest(preconditions.ifMatch), ifNoneMatch: byDigest(preconditions.ifNoneMatch) };
}

/** A representation as preconditions are evaluated against it. */
export function asCurrent({ exists, tag, lastModified }: Representation): CurrentRepresentation {
  return { exists, etag: tag, lastModified };
}

function byDigest(condition: EntityTagCondition | null): EntityTagCondition | null {
  if (condition === null || condition.kind === "any") return condition;
  return { kind: "tags", tags: condition.tags.map(digestTag) };
}

function digestTag(tag: EntityTag): EntityTag {
  const own = parseBodyHashTag(tag.opaque);
  return own === null ? tag : { weak: tag.weak, opaque: own.digest };
}
