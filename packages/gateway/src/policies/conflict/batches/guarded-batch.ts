/**
 * A batch: one request that writes several resources, each of which is guarded as if it had come alone. The places of all
 * items are taken in sorted order, each item is compared and judged by itself, one request carries those that may go, and the
 * answer says of each what became of it. No atomicity is claimed: what is refused keeps nothing else from being done, unless
 * the service says so. Imports the exchange, the guard's folder, the ledger's port and `@parley/merge`.
 */
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import type { Refusal } from "@parley/contract/problems/problem";
import { type Json, resolvePointer } from "@parley/merge";
import type { Handler } from "../../../pipeline/policy.ts";
import { codingOf } from "../requests/content-coding.ts";
import { ClientSink } from "../guard/write/client-sink.ts";
import { complain, complaintOfRow } from "../guard/complaint.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { givenTag } from "../guard/representation/asked-as.ts";
import { othersLease } from "../guard/write/lost-place.ts";
import { PlacedWrite } from "../guard/write/placed-write.ts";
import { answerPlainly } from "../guard/write/write-answer.ts";
import { readWrite, type WriteRequest } from "../guard/write/write-request.ts";
import { answeredAsDuplicate, batchUnique } from "./unique-items.ts";
import { type BatchItem, isCreate, isGuarded, readItem, refuseRepeated } from "./batch-item.ts";
import { formatOf } from "./batch-format.ts";
import { readPartItems } from "./multipart/part-item.ts";
import { type PartsBatch, readPartsBatch } from "./multipart/parts-batch.ts";
import { BatchKey } from "./batch-key.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { batchAnswer, type ItemEnd } from "./batch-report.ts";
import { BatchTrip } from "./batch-trip.ts";
import { atMost } from "./at-most.ts";
import { type ItemCall, itemCall } from "./item-call.ts";
import { looksAtOnce, type PlacedItem, takePlaces } from "./item-places.ts";
import { SharedSending } from "./shared-sending.ts";

export async function guardedBatch(incoming: GuardedCall, plan: BatchPlan): Promise<void> {
  const client = new ClientSink(incoming.exchange, incoming.sink);
  const call = { ...incoming, sink: client };
  const request = await readWrite(call);
  if ("refusal" in request) return client.fault(request.refusal);
  if ("complaint" in request) return complain(call, request.complaint);
  const read = readBatch(call, plan, request);
  if ("code" in read) return client.fault(read);
  const running = carryOut({ call, plan, request, ...read, isGone: () => client.isGone });
  call.plan.ports.underWay(running);
  try {
    await running;
  } catch (error) {
    if (!(error instanceof LedgerUnavailableError)) throw error;
    // Items that were on their way have been answered; of the others nothing was sent.
    complain(call, complaintOfRow("ledgerDown"));
  }
}

/** What can be refused without the ledger. Preconditions and tokens are the items': on the batch they would say nothing of any of them. */
function readBatch(call: GuardedCall, plan: BatchPlan, { client, lockToken }: WriteRequest): ReadBatch | Refusal {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = call.preconditions;
  if (ifMatch !== null || ifNoneMatch !== null || ifUnmodifiedSince !== null) return { code: "malformed-precondition", detail: "A batch has its preconditions in its items, and none of its own." };
  if (lockToken !== null) return { code: "malformed-lock", detail: "A batch has its lock tokens in its items, and none of its own." };
  const coding = codingOf(call.exchange.headers["content-encoding"]);
  if (coding !== "") return { code: "malformed-batch", detail: `The batch came in the content coding ${coding.slice(0, 40)}, in which its items cannot be looked at.` };
  if (client === null) return { code: "body-too-large", detail: `A batch may have ${call.plan.maxBodyBytes} bytes here, since each of its items is looked at.` };
  if (plan.settings.format === "multipart") return readInParts(call, plan, client);
  const format = formatOf(plan.settings);
  const document = format.read(client.bytes);
  const list = document === undefined ? undefined : resolvePointer(document, plan.settings.items);
  if (!Array.isArray(list)) return { code: "malformed-batch", detail: document === undefined ? `The batch is no ${format.name}${client.contentType === "" ? "" : `; it came as ${client.contentType.slice(0, 100)}`}.` : `The batch has no list at ${plan.settings.items || "its root"}.` };
  const repeated = format.repeated(client.bytes);
  if (repeated !== null) return { code: "malformed-batch", detail: `The batch has the member ${repeated} twice, of which the service could take the other one.` };
  if (list.length > plan.settings.maxItems) return { code: "batch-too-large", detail: `The batch has ${list.length} items, and may have ${plan.settings.maxItems}.` };
  const items = list.map((item: Json, index) => readItem(call, plan, { item, index }));
  refuseRepeated(items);
  return { items, parts: null };
}

function readInParts(call: GuardedCall, plan: BatchPlan, client: NonNullable<WriteRequest["client"]>): ReadBatch | Refusal {
  const parts = readPartsBatch(client.bytes, client.contentType);
  if (typeof parts === "string") return { code: "malformed-batch", detail: `The batch ${parts}.` };
  const { length } = parts.requests;
  if (length > plan.settings.maxItems) return { code: "batch-too-large", detail: `The batch has ${length} items, and may have ${plan.settings.maxItems}.` };
  const items = readPartItems(call, plan, parts);
  refuseRepeated(items);
  return { items, parts };
}

interface ReadBatch {
  items: BatchItem[];
  /** Of a multipart batch. */
  parts: PartsBatch | null;
}

interface Batch extends ReadBatch {
  call: GuardedCall;
  plan: BatchPlan;
  request: WriteRequest;
  isGone: () => boolean;
}

async function carryOut(batch: Batch): Promise<void> {
  const { call, plan, request, items, parts } = batch;
  const key = await BatchKey.take(call, request, items.length);
  if (key === null) return;
  const trip = new BatchTrip({ call, plan, bytes: request.held.kind === "held" ? request.held.bytes : Buffer.alloc(0), items, parts, key });
  try {
    if (items.length === 0) await trip.send(new Map(), true);
    const ends = items.length === 0 ? [] : await runItems(batch, trip);
    if (trip.passedOn !== null) return await key.keep({ ...trip.passedOn, body: null });
    const answer = batchAnswer({ call, settings: plan.settings, parts, ends, trip });
    if ("code" in answer) return call.sink.fault(answer);
    // Of which nothing was sent is judged anew when it comes again.
    if (trip.answer !== null || trip.results.size > 0) await key.keep(answer);
    answerPlainly(answer, call.sink);
  } finally {
    await key.letGo(trip.isLost);
  }
}

/** Every item ends, in whatever way. */
async function runItems(batch: Batch, trip: BatchTrip): Promise<ItemEnd[]> {
  const { call, items } = batch;
  const { ports, next } = call.plan;
  const meeting: Meeting = { shared: null, look: atMost(looksAtOnce, next) };
  const calls = await itemCalls(call, items, meeting);
  const since = ports.monotonicMs();
  const places = await takePlaces(call, [...calls.values()].filter(({ item, sink }) => isGuarded(item) && sink.refusal === null));
  call.exchange.step("queue", since);
  const isGone = batch.isGone();
  const passing = isGone ? [] : items.filter((item) => item.refusal === null && !isGuarded(item) && !calls.get(item.index)?.sink.refusal).map(({ index }) => index);
  const shared = new SharedSending((outgoing, isFirst) => trip.send(outgoing, isFirst), { guarded: places.placed.map(({ item }) => item.index), passing });
  meeting.shared = shared;
  const ended = await Promise.allSettled([...places.placed.map((placed) => runItem(placed, shared, isGone)), shared.over()]);
  await places.release(trip.isLost ? "unknown" : "not-applied");
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return items.map((item) => endOf(item, calls.get(item.index), trip));
}

/** Where the items' ways to the upstream meet; there is none before all have their places. */
interface Meeting {
  shared: SharedSending | null;
  look: Handler;
}

/** Of all that are not only read. A create minds the lease on what it is sent to, as ever. */
async function itemCalls(call: GuardedCall, items: readonly BatchItem[], meeting: Meeting): Promise<Map<number, ItemCall>> {
  const calls = new Map<number, ItemCall>();
  for (const item of items) {
    if (item.refusal !== null || item.method === "GET" || item.method === "HEAD") continue;
    const made = itemCall(call, item, itemWay(item, meeting));
    if ("code" in made) {
      item.refusal = made;
      continue;
    }
    calls.set(item.index, made);
    // Under a key its answer may be there already, which comes before any lease.
    const lease = item.path === "" || !isCreate(item) || item.idempotencyKey !== null ? null : await othersLease(made.call);
    if (lease !== null) complain(made.call, lease);
  }
  return calls;
}

/** What looks goes to the upstream at once, what writes waits for the others. */
function itemWay({ index }: BatchItem, meeting: Meeting): Handler {
  return async (exchange, sink) => {
    if (exchange.method === "GET" || meeting.shared === null) return meeting.look(exchange, sink);
    const sent = await meeting.shared.arrive(index, exchange);
    if ("refusal" in sent) return sink.fault(sent.refusal);
    sink.head(sent.answer.status, sent.answer.rawHeaders);
    if (sent.answer.body.length > 0) sink.data(sent.answer.body);
    sink.end();
  };
}

async function runItem(placed: PlacedItem, shared: SharedSending, isGone: boolean): Promise<void> {
  const { call, request, place, item, leaseLost } = placed;
  try {
    if (await refusedByLease(placed)) return;
    if (await answeredAsDuplicate(placed)) return;
    const unique = item.unique === null ? {} : { unique: batchUnique(call, item.unique) };
    await new PlacedWrite(call, request, { place, given: givenTag(call), isGone: () => isGone, ...unique, ...(leaseLost === undefined ? {} : { leaseLost }) }).run();
  } finally {
    shared.leave(item.index);
  }
}

async function refusedByLease({ call, item, place }: PlacedItem): Promise<boolean> {
  const lease = item.idempotencyKey === null || !isCreate(item) ? null : await othersLease(call);
  if (lease === null) return false;
  await call.plan.ports.ledger.finishWrite({ write: place.write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false });
  complain(call, lease);
  return true;
}

function endOf(item: BatchItem, itemCallOf: ItemCall | undefined, trip: BatchTrip): ItemEnd {
  const result = trip.results.get(item.index) ?? null;
  const refusal = item.refusal ?? itemCallOf?.sink.refusal ?? null;
  if (refusal !== null) return { item, refusal, answer: null, at: null, part: null, isChanged: true };
  const part = result === null || result.at === null ? null : (result.part ?? null);
  const said = isGuarded(item) ? (itemCallOf?.sink.answer ?? null) : null;
  if (said === null) return { item, refusal: trip.fault, answer: result?.answer ?? null, at: result?.at ?? null, part, isChanged: trip.answer !== null && result === null };
  const isChanged = result === null || said.status !== result.answer.status || !said.body.equals(result.answer.body);
  return { item, refusal: null, answer: said, at: isChanged ? null : (result?.at ?? null), part: isChanged ? null : part, isChanged };
}
