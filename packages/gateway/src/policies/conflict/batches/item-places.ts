/**
 * The places of a batch's items in the queues of what they write. They are taken one after the other in sorted order, so that
 * two batches never wait for each other, and all of them within the time that one write may wait.
 */
import type { Ledger, WritePlace } from "@parley/stores/ports/ledger";
import { complain } from "../guard/complaint.ts";
import { actorName, type GuardedCall } from "../guard/guarded-call.ts";
import type { GuardPlan } from "../guard/guard-plan.ts";
import { placeComplaint } from "../guard/write/lost-place.ts";
import { givenTag } from "../guard/representation/asked-as.ts";
import { missingPrecondition, replay } from "../guard/write/write.ts";
import { isCreate } from "./batch-item.ts";
import { viewKey } from "../validators/index.ts";
import type { ItemCall } from "./item-call.ts";

export interface PlacedItem extends ItemCall {
  place: Extract<WritePlace, { kind: "granted" }>;
  /** Where the lease is on the lock that several items share. */
  leaseLost?: Promise<LeaseWatch>;
}

export interface Places {
  placed: PlacedItem[];
  /** Gives up what several items share: once all of them have ended. */
  release(outcome: "not-applied" | "unknown"): Promise<void>;
}

type LeaseWatch = Awaited<ReturnType<Ledger["awaitLoss"]>>;

interface Taking {
  batch: GuardedCall;
  untilMs: number;
  holdMs: number;
}

/** Items that get no place have been answered. */
export async function takePlaces(batch: GuardedCall, items: readonly ItemCall[]): Promise<Places> {
  const { plan } = batch;
  const taking = { batch, untilMs: plan.ports.monotonicMs() + plan.waitMs, holdMs: holdMsOf(plan, items.length) };
  const placed: PlacedItem[] = [];
  const shared: string[] = [];
  try {
    for (const [lockPath, group] of inOrder(batch, items)) {
      if (group.length === 1) placed.push(...(await takeOne(taking, group[0] as ItemCall, lockPath)));
      else await takeTogether(taking, { lockPath, group, placed, shared });
    }
  } catch (error) {
    await giveUp(batch, [...placed.map(({ place }) => place.write), ...shared], "not-applied");
    throw error;
  }
  return { placed, release: (outcome) => giveUp(batch, shared, outcome) };
}

/** So many of a batch's resources are looked at at the same time. */
export const looksAtOnce = 8;

/** The first place is held while the others are waited for and all resources are looked at. */
export function holdMsOf({ waitMs, holdMs }: GuardPlan, itemCount: number): number {
  return waitMs + holdMs * (1 + Math.ceil(itemCount / looksAtOnce));
}

function inOrder(batch: GuardedCall, items: readonly ItemCall[]): [string, ItemCall[]][] {
  const groups = Map.groupBy(items, ({ call, item }) => batch.plan.lockPathOf(call.path) + (item.unique !== null ? `#${item.unique.digest}` : isCreate(item) ? `#${batch.exchange.id}.${item.index}` : ""));
  return [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

async function takeOne(taking: Taking, item: ItemCall, lockPath: string): Promise<PlacedItem[]> {
  const place = await prepare(taking, { item, lockPath, lockToken: item.request.lockToken });
  if (place.kind === "granted") return [{ ...item, place }];
  await answerWithout(item, place);
  return [];
}

/** One lock for several resources (`conflict.scope`): it is held for all of them, and each has a lane of its own under it. */
async function takeTogether(taking: Taking, { lockPath, group, placed, shared }: { lockPath: string; group: ItemCall[]; placed: PlacedItem[]; shared: string[] }): Promise<void> {
  const { batch } = taking;
  const { ledger } = batch.plan.ports;
  const withToken = group.find(({ request }) => request.lockToken !== null) ?? (group[0] as ItemCall);
  const held = await prepare(taking, { item: withToken, lockPath, path: lockPath, lockToken: withToken.request.lockToken });
  if (held.kind !== "granted") return void (await Promise.all(group.map((item) => answerWithout(item, held))));
  shared.push(held.write);
  // A batch that is lost after this leaves the lock at rest, as each of its writes would.
  const sent = await ledger.sendWrite({ write: held.write, restMs: batch.plan.restMs, base: { etag: null, digest: null }, intended: null, refetch: [], fsync: false });
  if (sent.kind === "superseded") return void (await Promise.all(group.map((item) => answerWithout(item, { kind: "busy", reason: "queue", retryAfterMs: batch.plan.waitMs }))));
  const leaseLost = withToken.request.lockToken === null ? null : ledger.awaitLoss({ write: held.write, waitMs: taking.holdMs });
  // Of an item that nobody waits for any more.
  leaseLost?.catch(() => {});
  for (const item of group) {
    const lease = await ledger.checkWrite({ service: batch.plan.service, path: item.call.path, lockPath, view: "", consumer: actorName(item.call), lockToken: item.request.lockToken, idempotency: null });
    if (lease.kind === "locked") {
      await answerWithout(item, lease);
      continue;
    }
    const place = await prepare(taking, { item, lockPath: `${lockPath}#${batch.exchange.id}.${item.item.index}`, lockToken: null });
    // The fence is that of what is locked, and not of the lane under it.
    if (place.kind === "granted") placed.push({ ...item, place: { ...place, fence: held.fence }, ...(leaseLost === null ? {} : { leaseLost }) });
    else await answerWithout(item, place);
  }
}

function prepare({ batch, untilMs, holdMs }: Taking, { item, lockPath, path, lockToken }: { item: ItemCall; lockPath: string; path?: string; lockToken: string | null }): Promise<WritePlace> {
  const { plan, exchange } = batch;
  const { call } = item;
  return plan.ports.ledger.prepareWrite({
    service: plan.service, path: path ?? call.path, lockPath, view: (path === undefined ? givenTag(call)?.view : undefined) ?? viewKey("", call.consumer), consumer: actorName(call), callId: exchange.id,
    method: path === undefined ? call.exchange.method : "POST", lockToken, idempotency: path === undefined ? keyOf(call, item) : null, maxWaiting: plan.maxWaiting,
    waitMs: Math.max(1, untilMs - plan.ports.monotonicMs()), holdMs,
  });
}

function keyOf({ plan, consumer }: GuardedCall, { request: { idempotencyKey: key, fingerprint } }: ItemCall): Parameters<Ledger["prepareWrite"]>[0]["idempotency"] {
  return key === null ? null : { consumer, route: plan.service, key, fingerprint, retainMs: plan.settings.idempotency.retain };
}

type NoPlace = Exclude<WritePlace, { kind: "granted" } | { kind: "idempotency"; state: "done" }>;

async function answerWithout({ call }: ItemCall, place: Exclude<WritePlace, { kind: "granted" }>): Promise<void> {
  if (place.kind === "idempotency" && place.state === "done") return replay(call, place.response);
  complain(call, (await missingPrecondition(call, place, givenTag(call))) ?? placeComplaint(place as NoPlace, call.plan.ports.now()));
}

async function giveUp({ plan }: GuardedCall, writes: readonly string[], outcome: "not-applied" | "unknown"): Promise<void> {
  const { ledger } = plan.ports;
  await Promise.allSettled(writes.map((write) => ledger.finishWrite({ write, outcome, etag: null, digest: null, response: null, fsync: false })));
}
