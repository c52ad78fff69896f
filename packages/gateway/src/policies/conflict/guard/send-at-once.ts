/**
 * Hot path (benchmark: guard). With exclusive writers nothing is looked at where the ledger knows the state: if what it knows is what
 * the client's one tag names, the place and the word that the write is sent are one trip to it and one commit.
 */
import type { PrepareWrite } from "@parley/stores/ports/ledger";
import { firstTag, tagKey } from "./evidence.ts";
import type { GivenTag } from "./given-tags.ts";
import { type GuardedCall, lookingOf } from "./guarded-call.ts";
import { intendedDigest } from "./intended-state.ts";
import type { WriteRequest } from "./write-request.ts";

/** Null where something has to be looked at or decided between the two. */
export function sendableAtOnce(call: GuardedCall, { client }: WriteRequest, given: GivenTag | undefined): NonNullable<PrepareWrite["sendIf"]> | null {
  const { plan, preconditions, exchange } = call;
  const { writers, strategy, durability } = plan.settings;
  if (writers !== "exclusive" || strategy === "merge" || strategy === "last-write-wins" || durability === "fsync" || plan.adapter !== null || exchange.method === "POST") return null;
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = preconditions;
  const tag = firstTag(call);
  if (tag === null || ifMatch?.kind !== "tags" || ifMatch.tags.length !== 1 || ifNoneMatch !== null || ifUnmodifiedSince !== null) return null;
  return {
    digest: tagKey(call, tag), restMs: plan.restMs, intended: client === null ? null : intendedDigest(lookingOf(call), client, { bytes: client.bytes, current: null }),
    refetch: sentAs(call, given),
  };
}

/** With what recovery looks. */
export function sentAs(call: GuardedCall, given: GivenTag | undefined): string[] {
  return [":query", given?.query ?? call.query, ...(given?.accept ?? [])];
}
