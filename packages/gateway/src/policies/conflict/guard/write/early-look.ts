/**
 * Hot path (benchmark: guard). The refetch of a write in front of its place: where the ledger says, when it gives the place, that nobody has written
 * since the read whose tag the client names, what was seen a moment before is what is there now. Place and SENT are then one trip and one commit. Where
 * anything differs nothing is sent, and the write goes on as ever: its place first, then the look.
 */
import type { PrepareWrite } from "@parley/stores/ports/ledger";
import { guardsWrite } from "../../preconditions/index.ts";
import { type EntityTag, parseBodyHashTag } from "../../validators/index.ts";
import { verdictOn } from "../representation/compared-tags.ts";
import { firstTag, tagKey } from "../resolution/evidence.ts";
import type { GivenTag } from "../representation/given-tags.ts";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import { intendedDigest } from "./intended-state.ts";
import { refetch } from "../representation/refetch.ts";
import type { Representation } from "../representation/representation.ts";
import { sentAs } from "./send-at-once.ts";
import type { SeenState } from "../representation/seen-states.ts";
import type { WriteRequest } from "./write-request.ts";

export interface EarlyLook {
  current: Representation;
  sendIf: NonNullable<PrepareWrite["sendIf"]>;
}

/** Older than this it counts for nothing: far less than any resource rests after a write whose end nobody saw. */
const goodForMs = 1_000;

/** Null where the place has to come first, or where what is there speaks against the write. */
export async function lookEarly(call: GuardedCall, request: WriteRequest, given: GivenTag | undefined): Promise<EarlyLook | null> {
  const known = given === undefined ? undefined : knownState(call, request, given);
  if (known === undefined || request.client === null) return null;
  const { plan } = call;
  const since = plan.ports.monotonicMs();
  const found = await refetch(call, given, comparable(call));
  if (found.kind !== "seen" || plan.ports.monotonicMs() - since > goodForMs) return null;
  const { current } = found;
  if (current.key !== known.key || !guardsWrite(call.preconditions, current)) return null;
  if (verdictOn(call, current).kind !== "proceed") return null;
  return {
    current,
    sendIf: {
      unchanged: { fence: known.fence, revision: known.revision }, restMs: plan.restMs, base: { etag: current.etag, digest: current.key },
      intended: intendedDigest(lookingOf(call), request.client, { bytes: request.client.bytes, current }), refetch: sentAs(call, given),
    },
  };
}

/** The upstream's own tag, by which it can say that nothing has changed in place of showing all of it. What a patch makes of it is told by its body. */
function comparable(call: GuardedCall): EntityTag | null {
  const tag = firstTag(call);
  return tag === null || tag.weak || call.exchange.method === "PATCH" || parseBodyHashTag(tag.opaque) !== null ? null : tag;
}

/** What the read saw and the ledger said of it, where the client names that and nothing else. */
function knownState(call: GuardedCall, request: WriteRequest, given: GivenTag): SeenState | undefined {
  const { plan, preconditions, exchange, path } = call;
  const { writers, strategy, durability } = plan.settings;
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = preconditions;
  if (writers !== "shared" || (strategy !== "reject" && strategy !== "retry") || durability === "fsync" || plan.adapter !== null) return undefined;
  if (ifMatch?.kind !== "tags" || ifMatch.tags.length !== 1 || ifNoneMatch !== null || ifUnmodifiedSince !== null || exchange.method === "POST") return undefined;
  // A key may have its answer already, and a lease is the ledger's to know.
  if (request.idempotencyKey !== null || request.lockToken !== null || plan.lockPathOf(path) !== path) return undefined;
  const tag = firstTag(call);
  const known = plan.seen.find(path, given.view);
  return tag !== null && known?.key === tagKey(call, tag) ? known : undefined;
}
