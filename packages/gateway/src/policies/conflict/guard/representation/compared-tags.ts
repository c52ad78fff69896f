/** Hot path (benchmark: guard). Preconditions in the form in which they are compared: of the gateway's own tags the digest counts and the revision does not. */
import { type CurrentRepresentation, evaluatePreconditions, type Preconditions, type PreconditionVerdict } from "../../preconditions/index.ts";
import { digestBody, type EntityTag, type EntityTagCondition, parseBodyHashTag } from "../../validators/index.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { Representation } from "./representation.ts";

export function compared(call: Pick<GuardedCall, "plan" | "path" | "preconditions">, seen: Representation): Preconditions {
  const { preconditions } = call;
  if (preconditions.ifMatch === null && preconditions.ifNoneMatch === null) return preconditions;
  const { ownDigest, tag } = seen;
  if (seen.kind !== "own" && (ownDigest === null || tag === null)) return preconditions;
  const otherViews = new Map<string, string>();
  const form = seen.kind === "own" ? (given: EntityTag) => ofOwnView(call, seen, { tag: digestTag(given), otherViews }) : (given: EntityTag) => (digestTag(given).opaque === ownDigest && !given.weak && tag !== null ? tag : given);
  return { ...preconditions, ifMatch: inForm(preconditions.ifMatch, form), ifNoneMatch: inForm(preconditions.ifNoneMatch, form) };
}

/** Each is the whole body hashed once more: a list of tags may come from a few hands, and not from everybody's. */
const maxOtherViews = 4;

/**
 * A consumer can hand its tag to another. The digest then is of the first one's view, and says the same of this very body:
 * where the bytes that the second sees make that digest, both saw the same, and nothing was changed in between.
 */
function ofOwnView({ plan, path }: Pick<GuardedCall, "plan" | "path">, seen: Representation, { tag, otherViews }: { tag: EntityTag; otherViews: Map<string, string> }): EntityTag {
  if (seen.digest === null || seen.body === null || tag.weak || tag.opaque === seen.digest) return tag;
  const given = plan.given.find(tag.opaque);
  if (given === undefined || given.path !== path || given.digestView === seen.digestView) return tag;
  if (!otherViews.has(given.digestView) && otherViews.size < maxOtherViews) otherViews.set(given.digestView, digestBody({ contentType: seen.contentType, view: given.digestView }, seen.body));
  return otherViews.get(given.digestView) === tag.opaque ? { weak: false, opaque: seen.digest } : tag;
}

/** What the call's preconditions say of it. */
export function verdictOn(call: GuardedCall, seen: Representation): PreconditionVerdict {
  return evaluatePreconditions(call.exchange.method, compared(call, seen), asCurrent(seen), call.plan.settings.ifMatch);
}

/** A tag of ours is among them: the gateway gave it out when the upstream's was a weak one. */
export function namesOwnTag({ ifMatch, ifNoneMatch }: Preconditions): boolean {
  return hasOwn(ifMatch) || hasOwn(ifNoneMatch);
}

function hasOwn(condition: EntityTagCondition | null): boolean {
  return condition !== null && condition.kind === "tags" && condition.tags.some((tag) => parseBodyHashTag(tag.opaque) !== null);
}

/** A representation as preconditions are evaluated against it. */
export function asCurrent({ exists, tag, lastModified }: Representation): CurrentRepresentation {
  return { exists, etag: tag, lastModified };
}

function inForm(condition: EntityTagCondition | null, form: (tag: EntityTag) => EntityTag): EntityTagCondition | null {
  if (condition === null || condition.kind === "any") return condition;
  return { kind: "tags", tags: condition.tags.map(form) };
}

function digestTag(tag: EntityTag): EntityTag {
  const own = parseBodyHashTag(tag.opaque);
  return own === null ? tag : { weak: tag.weak, opaque: own.digest };
}
