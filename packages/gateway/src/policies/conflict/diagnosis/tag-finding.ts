/** Which kind of tag a client sent, from the tag itself and from what is known of the tags that were given out. */
import { type EntityTag, parseBodyHashTag } from "../validators/index.ts";
import type { TagFinding } from "./evidence.ts";

export interface TagKnowledge {
  comparison: "strong" | "weak";
  /** The validator is the gateway's own, so every tag of it can be judged. */
  ownTags: boolean;
  /** Another resource for which this very tag was given out lately; null where there is none. */
  givenOutFor: string | null;
  /** The resource's revision now. */
  revision: number;
  /** The oldest revision whose change is still on record. */
  oldestRevision: number;
  /** True where the tag's digest belongs to a change, a base or the current state on record. */
  digestOnRecord: boolean;
}

export function findTag(tag: EntityTag, knowledge: TagKnowledge): TagFinding {
  if (tag.weak && knowledge.comparison === "strong") return "weak-tag";
  if (knowledge.givenOutFor !== null) return "other-resource";
  if (!knowledge.ownTags) return "not-ours";
  const own = parseBodyHashTag(tag.opaque);
  if (own === null || own.revision > knowledge.revision) return "never-issued";
  if (knowledge.digestOnRecord) return "known";
  // Of a revision whose change is on record the digest would be too, so this one was never seen here.
  return own.revision < knowledge.oldestRevision ? "expired-tag" : "known";
}
