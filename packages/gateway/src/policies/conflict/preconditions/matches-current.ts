/** Hot path (benchmark: guard). Whether a tag that a client sent is the current one, the suffix of a content coding aside. */
import { type EntityTag, type EntityTagCondition, stripCodingSuffix, strongMatch, weakMatch } from "../validators/index.ts";

export type TagComparison = "strong" | "weak";

/** A representation without a tag matches none. */
export function matchesCurrent(condition: EntityTagCondition, current: EntityTag | null, comparison: TagComparison): boolean {
  if (condition.kind === "any") return true;
  if (current === null) return false;
  for (const tag of condition.tags) if (sameTag(tag, current, comparison)) return true;
  return false;
}

function sameTag(tag: EntityTag, current: EntityTag, comparison: TagComparison): boolean {
  const match = comparison === "strong" ? strongMatch : weakMatch;
  if (match(tag, current)) return true;
  const plain = stripCodingSuffix(tag.opaque);
  const currentPlain = stripCodingSuffix(current.opaque);
  if (plain === tag.opaque && currentPlain === current.opaque) return false;
  return plain === currentPlain && (comparison === "weak" || (!tag.weak && !current.weak));
}
