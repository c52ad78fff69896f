/**
 * What is there when a write has its place, so that nobody else writes through here meanwhile: what the ledger has said with the place, what it is trusted
 * to know, or a look at the upstream. Nothing is asked where nothing depends on it.
 */
import type { ResourceState } from "@parley/stores/ports/ledger";
import { parseBodyHashTag, parseEntityTag, viewKey } from "../../validators/index.ts";
import { complaintOfRow } from "../complaint.ts";
import { bypassFound } from "../guard-plan.ts";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import { needsPrecondition } from "../precondition-complaint.ts";
import { type AskedAs, recallAsked } from "../representation/asked-as.ts";
import { isBypass } from "../representation/bypass-seen.ts";
import { verdictOn } from "../representation/compared-tags.ts";
import { lookAsGiven } from "../representation/look-as-given.ts";
import { absent, nativeKey, type Representation } from "../representation/representation.ts";
import { firstTag, type Looked } from "../resolution/evidence.ts";
import type { Placed, Stop } from "./placed.ts";

export interface Found {
  looked: Looked;
  /** In which form the tag was given out, as far as it is known by now. */
  given: AskedAs | undefined;
}

export async function lookUnderPlace(call: GuardedCall, placed: Placed): Promise<Found | Exclude<Stop, { gone: true }>> {
  const { state } = placed.place;
  const unasked = (current: Representation | null): Found => ({ looked: { call, current, state, bypassed: false }, given: placed.given });
  const sent = placed.place.sent === true ? seenWhenSent(call, placed) : null;
  if (sent !== null) return unasked(sent);
  const trusted = trustedState(call, state);
  if (trusted === null && !needsCurrent(call)) return unasked(null);
  let { given } = placed;
  if (trusted !== null) {
    if (verdictOn(call, trusted).kind === "proceed") return unasked(trusted);
    const recalled = given === undefined ? await recallAsked(call) : null;
    if (recalled === null) return unasked(trusted);
    given = recalled;
  }
  const look = await lookAsGiven(call, given);
  if (look.found.kind === "failed") return { refusal: look.found.refusal };
  if (look.found.kind === "hidden") return unseen(call, { state, given: look.given, status: look.found.status });
  const { current } = look.found;
  return { looked: { call, current, state, bypassed: noticesBypass(call, { state, current, given: look.given }) }, given: look.given };
}

/** Null where the ledger has not sent it with the place, or knew nothing of what is there. */
function seenWhenSent({ preconditions }: GuardedCall, { early }: Placed): Representation | null {
  // That it was there was all that was asked.
  if (preconditions.ifMatch?.kind === "any") return { ...absent, exists: true, status: 200 };
  return early ?? null;
}

function needsCurrent(call: GuardedCall): boolean {
  const { plan, preconditions, exchange } = call;
  if (preconditions.ifMatch !== null || preconditions.ifNoneMatch !== null || preconditions.ifUnmodifiedSince !== null) return true;
  return needsPrecondition(call) || (exchange.method !== "POST" && plan.settings.strategy === "last-write-wins");
}

/** With exclusive writers the ledger's word counts, as far as it knows the state. */
function trustedState(call: GuardedCall, state: ResourceState | null): Representation | null {
  const { plan, preconditions } = call;
  const { writers, strategy } = plan.settings;
  if (writers !== "exclusive" || state === null || strategy === "merge" || strategy === "last-write-wins" || plan.adapter !== null) return null;
  if (preconditions.ifUnmodifiedSince !== null || !needsCurrent(call)) return null;
  const native = state.etag === null ? null : parseEntityTag(state.etag);
  if (native === null && state.digest === null) return null;
  const named = firstTag(call);
  // The other kind of validator was given out: only the bytes can tell.
  if (named !== null && (parseBodyHashTag(named.opaque) === null) !== (native !== null)) return null;
  const known = { ...absent, exists: true, status: 200, view: "" };
  if (native !== null) return { ...known, kind: "native", tag: native, etag: state.etag, key: nativeKey(native, lookingOf(call)) };
  return { ...known, kind: "own", tag: { weak: false, opaque: state.digest as string }, digest: state.digest, key: state.digest };
}

/** The caller may write and not read. A native upstream compares by itself; else nothing can be said to match. */
function unseen(call: GuardedCall, { state, given, status }: { state: ResourceState | null; given: AskedAs | undefined; status: number }): Found | Exclude<Stop, { gone: true }> {
  if (call.plan.validator === "native" && call.preconditions.ifMatch !== null) return { looked: { call, current: null, state, bypassed: false }, given };
  const row = call.preconditions.ifNoneMatch === null && call.preconditions.ifMatch !== null ? "ifMatchFalse" : "preconditionMissing";
  return { complaint: complaintOfRow(row, { detail: `The upstream answers a read of the resource with ${status} and does not show it to these credentials, so nothing can be compared.` }) };
}

/** What the ledger does not know it is told, so that a bypass is found once. */
function noticesBypass(call: GuardedCall, { state, current, given }: { state: ResourceState | null; current: Representation; given: AskedAs | undefined }): boolean {
  const { plan, path } = call;
  if (!isBypass(state, current, given?.view ?? viewKey(call.query, call.consumer))) return false;
  bypassFound(plan, path);
  plan.ports.ledger
    .noteState({ service: plan.service, path, view: current.view, etag: current.etag, digest: current.key, startedAt: plan.ports.now() })
    .catch(() => {});
  return true;
}
