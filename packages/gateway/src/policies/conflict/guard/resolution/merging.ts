/** The merge strategy: puts the client's change on top of what is there now, where both changes are apart. */
import { applyJsonPatch, applyMergePatch, defaultLimits, equalJson, exceedsLimits, type Json, type Overlap, threeWayMerge } from "@parley/merge";
import { repeatedMember } from "../../requests/repeated-member.ts";
import { isJson, parseJson, patchKind } from "../../requests/json-body.ts";
import { withVersionOf } from "../representation/adapters.ts";
import type { GuardPlan } from "../guard-plan.ts";

export interface ClientWrite {
  method: string;
  contentType: string;
  /** In no content coding. */
  bytes: Buffer;
}

/** What the write makes of `from`; undefined where that cannot be known. */
export function outcomeOf(write: ClientWrite, from: Json | undefined): Json | undefined {
  if (!isJson(write.contentType)) return undefined;
  const body = parseJson(write.bytes);
  if (body === undefined || exceedsLimits(body, defaultLimits)) return undefined;
  if (write.method === "PUT") return body;
  if (write.method !== "PATCH" || from === undefined || exceedsLimits(from, defaultLimits)) return undefined;
  return patchedBy(patchKind(write.contentType), from, body);
}

function patchedBy(kind: ReturnType<typeof patchKind>, from: Json, patch: Json): Json | undefined {
  switch (kind) {
    case "merge-patch":
      return applyMergePatch(from, patch);
    case "json-patch": {
      const patched = applyJsonPatch(from, patch, defaultLimits);
      return patched.ok ? patched.document : undefined;
    }
    case "unknown":
      return undefined;
  }
}

export type Merged =
  | { kind: "merged"; document: Json; bytes: Buffer }
  | { kind: "overlap"; overlaps: Overlap[] }
  /** The client's change could be read in two ways. */
  | { kind: "ambiguous"; pointer: string }
  /** The patch cannot be read, or does not fit what its client had read. */
  | { kind: "wrong-patch"; reason: "malformed" | "not-applicable"; detail: string }
  /** What is there is what the write would make of it: its own earlier attempt, or somebody else's change that is the same. Only a refusal says which is to be found out. */
  | { kind: "there-already" }
  /** Not JSON, the base unknown, or more than may be merged. */
  | { kind: "impossible" };

export function mergeWrite(plan: GuardPlan, write: ClientWrite, { base, theirs }: { base: Json | undefined; theirs: Json | undefined }): Merged {
  const wrong = wrongPatch(write, base);
  if (wrong !== null) return wrong;
  const yours = outcomeOf(write, base);
  if (base === undefined || theirs === undefined || yours === undefined) return { kind: "impossible" };
  const repeated = repeatedMember(write.bytes);
  if (repeated !== null) return { kind: "ambiguous", pointer: repeated };
  const version = (document: Json): Json => (plan.adapter === null ? document : withVersionOf(document, theirs, plan.adapter));
  const documents = { base: version(base), theirs, yours: version(yours) };
  if (equalJson(documents.yours, theirs) && !equalJson(documents.base, theirs)) return { kind: "there-already" };
  // Both may have put the same counter up by one: equal changes of one place are two.
  const result = threeWayMerge(documents, { ...plan.settings.merge, equalChanges: "overlap" });
  if (result.kind === "refused") return { kind: "impossible" };
  if (result.kind === "conflict") return { kind: "overlap", overlaps: result.conflicts };
  if (write.method === "PUT") return { kind: "merged", document: result.document, bytes: Buffer.from(JSON.stringify(result.document)) };
  // A patch goes out as it came, where on top of theirs it makes the merged document.
  const patched = outcomeOf(write, theirs);
  return patched !== undefined && equalJson(version(patched), result.document) ? { kind: "merged", document: result.document, bytes: write.bytes } : { kind: "impossible" };
}

function wrongPatch(write: ClientWrite, base: Json | undefined): Extract<Merged, { kind: "wrong-patch" }> | null {
  if (write.method !== "PATCH" || !isJson(write.contentType)) return null;
  const patch = parseJson(write.bytes);
  if (patch === undefined) return { kind: "wrong-patch", reason: "malformed", detail: "The patch is no JSON in UTF-8." };
  if (patchKind(write.contentType) !== "json-patch" || base === undefined || exceedsLimits(base, defaultLimits)) return null;
  const patched = applyJsonPatch(base, patch, defaultLimits);
  return patched.ok || patched.reason === "too-large" ? null : { kind: "wrong-patch", reason: patched.reason, detail: `The patch: ${patched.detail}.` };
}
