/** Gathers what is known about a conflict: which state the client had, who changed it since, and whether the tag is any good. */
import type { Change, ResourceState } from "@parley/stores/ports/ledger";
import type { Json } from "@parley/merge";
import { type Evidence, findTag, type KnownState, type TagFinding } from "../../diagnosis/index.ts";
import { contradictingQueries } from "../../requests/contradicting-queries.ts";
import { parseJson } from "../../requests/json-body.ts";
import { type EntityTag, formatEntityTag, parseBodyHashTag, viewKey } from "../../validators/index.ts";
import { actorName, type GuardedCall, lookingOf } from "../guarded-call.ts";
import { type ClientWrite, outcomeOf } from "./merging.ts";
import { documentOf, isOwnView, nativeKey, type Representation, shownTag } from "../representation/representation.ts";

export interface Looked {
  call: GuardedCall;
  current: Representation | null;
  state: ResourceState | null;
  /** A change that the ledger did not know was found just now. */
  bypassed: boolean;
}

export interface Base {
  state: KnownState;
  document: Json | undefined;
}

/** What the client had when it read, as far as that was kept. Null where its tag says nothing. A tag that was another's shows nothing of what that one saw. */
export async function baseOf(call: GuardedCall, current: Representation | null): Promise<Base | null> {
  const tag = firstTag(call);
  if (tag === null) return null;
  const key = tagKey(call, tag);
  const kept = await call.plan.ports.ledger.readBase({ service: call.plan.service, path: call.path, digest: key });
  const body = kept === null ? null : Buffer.from(kept.body, "base64");
  const isTheirs = kept !== null && body !== null && (parseBodyHashTag(tag.opaque) === null || isOwnView(key, lookingOf(call), { contentType: kept.contentType, body, vary: current?.vary ?? "" }));
  const document = isTheirs ? parseJson(body) : undefined;
  return { document, state: { etag: formatEntityTag(tag), digest: document === undefined ? key : null, document } };
}

/**
 * Of a write that names no tag: what its consumer has read last, as far as this worker knows. Null where the consumer itself has changed it since, and
 * for a POST, which is not made from what is at its address.
 */
export async function lastReadBase({ call, current, state, bypassed }: Looked): Promise<Base | null> {
  const { plan, path, exchange } = call;
  const read = plan.seen.find(path, viewKey(call.query, call.consumer));
  if (read === undefined || current === null || exchange.method === "POST" || firstTag(call) !== null) return null;
  if (read.key === current.key) return baseFrom(current);
  if (!bypassed && state?.changedBy === actorName(call)) return null;
  const kept = await plan.ports.ledger.readBase({ service: plan.service, path, digest: read.key });
  const document = kept === null ? undefined : parseJson(Buffer.from(kept.body, "base64"));
  return { document, state: { etag: null, digest: null, document } };
}

/** Where what was seen before is what the client had. */
export function baseFrom(before: Representation | null): Base | null {
  if (before === null || !before.exists) return null;
  const document = documentOf(before);
  return { document, state: { etag: before.etag, digest: document === undefined ? before.digest : null, document } };
}

/** Under which its state is known, as in `Representation.key`. */
export function tagKey(call: GuardedCall, tag: EntityTag): string {
  return parseBodyHashTag(tag.opaque)?.digest ?? nativeKey(tag, lookingOf(call));
}

export function firstTag(call: GuardedCall): EntityTag | null {
  const { ifMatch } = call.preconditions;
  return ifMatch?.kind === "tags" ? (ifMatch.tags[0] ?? null) : null;
}

export async function gatherEvidence(looked: Looked, write: ClientWrite | null, base: Base | null): Promise<Evidence> {
  const { call, current, state } = looked;
  const { preconditions } = call;
  const document = current === null ? undefined : documentOf(current);
  const intended = write === null ? undefined : outcomeOf(write, base?.document);
  return {
    stoppedBy: "precondition",
    hadPrecondition: preconditions.ifMatch !== null || preconditions.ifNoneMatch !== null || preconditions.ifUnmodifiedSince !== null,
    expectedAbsent: preconditions.ifNoneMatch?.kind === "any",
    tag: await tagFinding(looked, base?.document !== undefined),
    base: base?.state ?? null,
    current: current === null ? null : {
      exists: current.exists, etag: current.exists ? shownTag(current, state?.revision ?? 0) : null, digest: document === undefined ? current.digest : null, document,
      revision: state?.revision ?? null, ...(await lastChange(looked)),
    },
    intended: intended === undefined ? null : { digest: null, document: intended },
    upstream: null,
    overlaps: null,
  };
}

async function lastChange({ call, current, state, bypassed }: Looked): Promise<{ changedAt: number | null; changedBy: string | null }> {
  if (bypassed) return { changedAt: call.plan.ports.now(), changedBy: "bypass" };
  // Who wrote it last did not take it away: that was somebody past the gateway, or who took away what it was in.
  const isNobodys = state === null || state.changedBy === "" || (current?.exists === false && !(await wasRemoved(call)));
  return isNobodys ? { changedAt: null, changedBy: null } : { changedAt: state.changedAt, changedBy: state.changedBy };
}

const removing: ReadonlySet<string> = new Set(["DELETE", "MOVE"]);

async function wasRemoved({ plan, path }: GuardedCall): Promise<boolean> {
  const [newest] = await plan.ports.ledger.listChanges({ service: plan.service, path, after: 0, limit: 1 });
  return newest !== undefined && removing.has(newest.method);
}

/** `isKept`: the document that the tag was given for is. */
async function tagFinding({ call, current, state }: Looked, isKept: boolean): Promise<TagFinding | null> {
  const tag = firstTag(call);
  if (tag === null) return null;
  const { plan, path } = call;
  const key = tagKey(call, tag);
  const given = plan.given.find(key);
  const changes = await plan.ports.ledger.listChanges({ service: plan.service, path, after: 0, limit: 200 });
  return findTag(tag, {
    comparison: plan.settings.ifMatch,
    // Of what is not there, or was not seen, nobody can say whose tags it had.
    ownTags: current?.exists === true ? current.kind === "own" || current.ownDigest !== null : plan.validator === "own" || parseBodyHashTag(tag.opaque) !== null,
    givenOutFor: given !== undefined && (given.path !== path || contradictingQueries(given.query, call.query, call.plan.versionParameter)) ? given.path + given.query : null,
    revision: state?.revision ?? 0,
    oldestRevision: oldest(changes, state),
    digestOnRecord: isKept || given !== undefined || changes.some((change) => change.digest === key),
  });
}

function oldest(changes: readonly Change[], state: ResourceState | null): number {
  return changes.at(-1)?.revision ?? state?.revision ?? 0;
}
