/**
 * A guarded write, in the order of the decision table: what can be refused at once, a place in the resource's queue, a look
 * at what is there, and only then the upstream. The life of one that has its place is in `placed-write.ts`.
 */
import { LedgerUnavailableError, type StoredResponse, type WritePlace } from "@parley/stores/ports/ledger";
import { guardsWrite } from "../../preconditions/index.ts";
import { viewKey } from "../../validators/index.ts";
import { ClientSink } from "./client-sink.ts";
import { complain, type Complaint, complaintOfRow } from "../complaint.ts";
import { answerDuplicate } from "../create/duplicate-answer.ts";
import { type EarlyLook, lookEarly } from "./early-look.ts";
import { givenTag } from "../representation/asked-as.ts";
import type { GivenTag } from "../representation/given-tags.ts";
import { actorName, type GuardedCall } from "../guarded-call.ts";
import { othersLease, placeComplaint } from "./lost-place.ts";
import type { Placed } from "./placed.ts";
import { PlacedWrite } from "./placed-write.ts";
import { plainCreate } from "../create/plain-create.ts";
import { needsPrecondition, preconditionComplaint } from "../precondition-complaint.ts";
import { refetch } from "../representation/refetch.ts";
import { shownTag } from "../representation/representation.ts";
import { sendableAtOnce } from "./send-at-once.ts";
import { refusedDuplicate, rememberCreate, rememberedDuplicate, type UniqueValue } from "../create/unique-create.ts";
import { unreadableCreate } from "../create/unreadable-create.ts";
import { mayPassUnplaced, unplacedWrite } from "./unplaced-write.ts";
import { type EarlyStop, readWrite, type WriteRequest } from "./write-request.ts";

export async function guardedWrite(incoming: GuardedCall): Promise<void> {
  const client = new ClientSink(incoming.exchange, incoming.sink);
  const call = { ...incoming, sink: client };
  const request = await readWrite(call);
  if (isStop(request)) return "refusal" in request ? call.sink.fault(request.refusal) : complain(call, request.complaint);
  const unreadable = unreadableCreate(call, request);
  if (unreadable !== null) return call.sink.fault(unreadable);
  const running = isPlainCreate(call, request) ? plainCreate(call, request) : placeAndRun(call, request, client);
  call.plan.ports.underWay(running);
  try {
    await running;
  } catch (error) {
    if (!(error instanceof LedgerUnavailableError)) throw error;
    // Whatever reaches the upstream is behind the ledger's last word, so nothing has.
    complain(call, complaintOfRow("ledgerDown"));
  }
}

async function placeAndRun(call: GuardedCall, request: WriteRequest, client: ClientSink): Promise<void> {
  const given = givenTag(call);
  const early = await lookEarly(call, request, given);
  const place = await takePlace(call, request, { given, early });
  if (place.kind === "idempotency" && place.state === "done") return replay(call, place.response);
  if (place.kind === "unavailable" && mayPassUnplaced(call, request)) return unplacedWrite(call, request);
  if (place.kind !== "granted") return complain(call, (await missingPrecondition(call, place, given)) ?? placeComplaintOf(call, place));
  const lease = await leaseAround(call, request);
  if (lease !== null) {
    await release(call, place.write);
    return complain(call, lease);
  }
  const unique = namesState(call, request) ? null : request.unique;
  const known = unique === null ? null : await rememberedDuplicate(call, unique);
  if (known !== null) {
    await release(call, place.write);
    return answerDuplicate(call, known, { request, update: guardedWrite });
  }
  await new PlacedWrite(call, request, { place, given, isGone: () => client.isGone, early: early?.current ?? null, ...(unique === null ? {} : { unique: uniqueHooks(call, request, unique) }) }).run();
}

/** The upstream's own refusal of a duplicate stays as it is, unless something else is to be done about it. */
function uniqueHooks(call: GuardedCall, request: WriteRequest, unique: UniqueValue): NonNullable<Placed["unique"]> {
  return {
    created: (answer) => rememberCreate(call, unique, answer),
    refused: async (answer) => {
      const existing = call.plan.settings.onDuplicate === "reject" ? null : await refusedDuplicate(call, unique, answer);
      return existing === null ? null : () => answerDuplicate(call, existing, { request, update: guardedWrite });
    },
  };
}

type Place = WritePlace | { kind: "unavailable" };

function isStop(request: WriteRequest | EarlyStop): request is EarlyStop {
  return "refusal" in request || "complaint" in request;
}

async function takePlace(call: GuardedCall, request: WriteRequest, { given, early }: { given: GivenTag | undefined; early: EarlyLook | null }): Promise<Place> {
  const { plan, path, exchange } = call;
  const since = plan.ports.monotonicMs();
  const { idempotencyKey: key, fingerprint, lockToken } = request;
  const sendIf = early?.sendIf ?? sendableAtOnce(call, request, given);
  try {
    return await plan.ports.ledger.prepareWrite({
      service: plan.service, path, lockPath: lockPath(call, request), view: given?.view ?? viewKey(call.query, call.consumer), consumer: actorName(call), callId: exchange.id,
      method: exchange.method, lockToken, maxWaiting: plan.maxWaiting, waitMs: plan.waitMs, holdMs: plan.holdMs,
      idempotency: key === null ? null : { consumer: call.consumer, route: plan.service, key, fingerprint, retainMs: plan.settings.idempotency.retain },
      ...(sendIf === null ? {} : { sendIf }),
    });
  } catch (error) {
    if (error instanceof LedgerUnavailableError) return { kind: "unavailable" };
    throw error;
  } finally {
    exchange.step("queue", since);
  }
}

/** A POST in a lane of its own still minds the lease on what it is sent to. */
async function leaseAround(call: GuardedCall, request: WriteRequest): Promise<Complaint | null> {
  return lockPath(call, request) === call.plan.lockPathOf(call.path) ? null : othersLease(call);
}

/** Before it was sent: it has had no effect. */
async function release(call: GuardedCall, write: string): Promise<void> {
  await call.plan.ports.ledger.finishWrite({ write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false });
}

/** Creates do not wait for one another: a POST has a lane of its own, or one with those of the same unique value, unless it is made under a lease or says what it changes. */
function lockPath(call: GuardedCall, request: WriteRequest): string {
  const locked = call.plan.lockPathOf(call.path);
  if (call.exchange.method !== "POST" || namesState(call, request)) return locked;
  return `${locked}#${request.unique?.digest ?? call.exchange.id}`;
}

function namesState(call: GuardedCall, request: WriteRequest): boolean {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = call.preconditions;
  return ifMatch !== null || ifNoneMatch !== null || ifUnmodifiedSince !== null || request.lockToken !== null;
}

/** Nothing to compare, to repeat or to put in order: it needs no place, and leaves nothing behind in the ledger. */
function isPlainCreate(call: GuardedCall, request: WriteRequest): boolean {
  return call.exchange.method === "POST" && !namesState(call, request) && request.idempotencyKey === null && request.unique === null;
}

/** Step 6 stands before step 7: who lacks a precondition is told that, and not to come back later. */
export async function missingPrecondition(call: GuardedCall, place: Place, given: GivenTag | undefined): Promise<Complaint | null> {
  if (!needsPrecondition(call) || (place.kind !== "busy" && place.kind !== "unavailable") || call.preconditions.ifMatch !== null || call.preconditions.ifNoneMatch?.kind === "any") return null;
  const looked = await refetch(call, given);
  if (looked.kind !== "seen" || !looked.current.exists || guardsWrite(call.preconditions, looked.current)) return null;
  return preconditionComplaint(shownTag(looked.current, 0));
}

function placeComplaintOf(call: GuardedCall, place: Exclude<Place, { kind: "granted" } | { kind: "idempotency"; state: "done" }>): Complaint {
  return place.kind === "unavailable" ? complaintOfRow("ledgerDown") : placeComplaint(place, call.plan.ports.now());
}

/** The first answer again. One that was too long to keep is told by its head alone. */
export function replay(call: GuardedCall, response: StoredResponse): void {
  const { sink } = call;
  sink.head(response.status, [...response.rawHeaders, "Idempotency-Replayed", "true"]);
  if (response.body !== null && response.body !== "") sink.data(Buffer.from(response.body, "base64"));
  sink.end();
}
