/**
 * Hot path (benchmark: guard). Where nothing is looked at between a write's place and the word that it is sent, the two are one trip to the
 * ledger and one commit: what compares nothing; and with exclusive writers, where the ledger knows the state, what names that state by
 * its one tag, or asks only that the resource is there.
 */
import type { PrepareWrite, SendCondition } from "@parley/stores/ports/ledger";
import { firstTag, tagKey } from "../resolution/evidence.ts";
import type { GivenTag } from "../representation/given-tags.ts";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import { intendedDigest } from "./intended-state.ts";
import { needsPrecondition } from "../precondition-complaint.ts";
import type { WriteRequest } from "./write-request.ts";

/** Null where something has to be looked at or decided between the two. */
export function sendableAtOnce(call: GuardedCall, { client }: WriteRequest, given: GivenTag | undefined): NonNullable<PrepareWrite["sendIf"]> | null {
  const { plan, exchange } = call;
  const { strategy, durability } = plan.settings;
  if (strategy === "merge" || strategy === "last-write-wins" || durability === "fsync" || plan.adapter !== null || exchange.method === "POST") return null;
  const condition = conditionOf(call);
  if (condition === null) return null;
  return {
    ...condition, restMs: plan.restMs, intended: client === null ? null : intendedDigest(lookingOf(call), client, { bytes: client.bytes, current: null }),
    refetch: sentAs(call, given),
  };
}

function conditionOf(call: GuardedCall): SendCondition | null {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = call.preconditions;
  if (ifNoneMatch !== null || ifUnmodifiedSince !== null) return null;
  if (ifMatch === null) return needsPrecondition(call) ? null : { state: "any" };
  const { writers, strategy } = call.plan.settings;
  if (writers !== "exclusive") return null;
  // A retry has to tell whether the resource changed, and so what it was.
  if (ifMatch.kind === "any") return strategy === "retry" ? null : { state: "exists" };
  const tag = firstTag(call);
  return tag === null || ifMatch.tags.length !== 1 ? null : { digest: tagKey(call, tag) };
}

/** With what recovery looks. */
export function sentAs(call: GuardedCall, given: Pick<GivenTag, "query" | "accept"> | undefined): string[] {
  return [":query", given?.query ?? call.query, ...(given?.accept ?? [])];
}
