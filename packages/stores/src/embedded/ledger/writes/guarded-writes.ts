/** Hot path (benchmark: guard). The life of a guarded write: its place in the queue, sent, finished; and what becomes of it when its caller is lost. */
import type { FinishWrite, LedgerInput, LedgerOutput, PrepareWrite, ResourceState, SendCondition, SendWrite, WritePlace } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import type { Idempotency, Reservation } from "./idempotency.ts";
import { resourceKey } from "../keys.ts";
import { type LeaseClaim, noClaim } from "../leases/leases.ts";
import type { LeaseOperations } from "../leases/lease-operations.ts";
import type { Outcomes } from "./outcomes.ts";
import type { ResourceRow, Resources } from "../resources/resources.ts";
import { hex, type NewSent, type SentWrites } from "./sent-writes.ts";
import type { Session, Ticket, WriteQueue } from "./write-queue.ts";

type PlaceTicket = Ticket & { waited: boolean };

/** A write that has its place. */
interface OpenWrite {
  id: string;
  input: PrepareWrite;
  session: Session;
  ticket: PlaceTicket;
  key: Buffer;
  lockKey: Buffer;
  fence: number;
  underLease: boolean;
  reservation: Reservation | null;
  holdUntilMs: number;
  /** What was sent; null before that. */
  sent: NewSent | null;
  /** Who wants to know when its place is lost. */
  onLoss: Reply<LedgerOutput<"awaitLoss">> | null;
}

export interface GuardedWriteParts {
  context: LedgerContext;
  resources: Resources;
  idempotency: Idempotency;
  sentWrites: SentWrites;
  leases: LeaseOperations;
  queue: WriteQueue;
  outcomes: Outcomes;
}

type Reply<Output> = (output: Output) => void;

export class GuardedWrites {
  readonly #parts: GuardedWriteParts;
  readonly #open = new Map<string, OpenWrite>();
  /** How many writes are with the upstream, by resource. */
  readonly #underWay = new Map<string, number>();

  constructor(parts: GuardedWriteParts) {
    this.#parts = parts;
  }

  check(input: LedgerInput<"checkWrite">): LedgerOutput<"checkWrite"> {
    const { context, idempotency, leases, resources } = this.#parts;
    const refusal = input.idempotency === null ? null : idempotency.check(input.service, input.idempotency);
    if (refusal) return refusal;
    const obstacle = leases.obstacle(resourceKey({ service: input.service, path: input.lockPath }), claimOf(input), context.services.get(input.service));
    if (obstacle?.kind === "locked") return obstacle;
    const row = resources.find(resourceKey(input));
    return { kind: "clear", state: row === null ? null : this.#state(row, input.view) };
  }

  prepare(input: PrepareWrite, session: Session, reply: Reply<WritePlace>): void {
    const { context, idempotency, queue } = this.#parts;
    const service = context.services.get(input.service);
    const reserved = input.idempotency === null ? null : idempotency.reserve(service, input.idempotency);
    if (reserved !== null && "kind" in reserved) return reply(reserved);
    const refuse = (place: WritePlace): void => {
      if (reserved !== null) idempotency.giveBack(reserved);
      reply(place);
    };
    const lockKey = resourceKey({ service: input.service, path: input.lockPath });
    const obstacle = this.#parts.leases.obstacle(lockKey, claimOf(input), service);
    if (obstacle !== null) return refuse(obstacle);
    const ticket = this.#ticket({ input, session, lockKey, reservation: reserved }, { reply, refuse });
    if (!queue.enter(ticket, input.maxWaiting)) refuse(this.#queued(lockKey, input));
    ticket.waited = true;
  }

  /** Lease and rest are looked at again when its turn has come: both can have begun while it waited. */
  #ticket(write: Pick<OpenWrite, "input" | "session" | "lockKey" | "reservation">, answers: { reply: Reply<WritePlace>; refuse: Reply<WritePlace> }): PlaceTicket {
    const { context, leases } = this.#parts;
    const { input, session, lockKey } = write;
    const queuedAt = context.now();
    const ticket: PlaceTicket = {
      session,
      // Of one whose turn comes at once it was looked at a moment ago.
      waited: false,
      lock: hex(lockKey),
      waitUntilMs: queuedAt + input.waitMs,
      turn: () => {
        const obstacle = ticket.waited ? leases.obstacle(lockKey, claimOf(input), context.services.get(input.service)) : null;
        if (obstacle === null) this.#grant({ ...write, ticket }, context.now() - queuedAt, answers.reply);
        else answers.refuse(obstacle);
        return obstacle === null;
      },
      tooLate: () => answers.refuse(this.#queued(lockKey, input)),
    };
    return ticket;
  }

  /** Looks through all places, which are few beside what it means to be refused. */
  #queued(lockKey: Buffer, { waitMs }: PrepareWrite): WritePlace {
    const held = [...this.#open.values()].find((write) => write.lockKey.equals(lockKey));
    return { kind: "busy", reason: "queue", retryAfterMs: waitMs, ...(held && { holder: { consumer: held.input.consumer, callId: held.input.callId } }) };
  }

  #grant(write: Pick<OpenWrite, "input" | "session" | "lockKey" | "reservation" | "ticket">, waitedMs: number, reply: Reply<WritePlace>): void {
    const { context, resources, leases } = this.#parts;
    const { input, lockKey, ticket } = write;
    const key = input.lockPath === input.path ? lockKey : resourceKey(input);
    const row = resources.find(key);
    const lockRow = key === lockKey ? row : resources.find(lockKey);
    const id = context.randomBytes(16).toString("hex");
    const fence = leases.fence(lockKey, input.lockToken, lockRow?.fence ?? context.services.get(input.service).fenceFloor);
    this.#open.set(id, { ...write, id, key, fence, underLease: input.lockToken !== null, holdUntilMs: context.now() + input.holdMs, sent: null, onLoss: null });
    const state = row === null ? null : this.#state(row, input.view);
    const { sendIf } = input;
    const isSent = sendIf !== undefined && this.#holds(sendIf, { row, state, isOwnLock: key === lockKey, waited: ticket.waited }) && this.send({ write: id, base: { etag: state?.etag ?? null, digest: state?.digest ?? null }, ...sendIf, fsync: false }).kind === "sent";
    reply({ kind: "granted", write: id, fence, state, waitedMs, ...(isSent && { sent: true }) });
  }

  #holds(condition: SendCondition, { row, state, isOwnLock, waited }: { row: Readonly<ResourceRow> | null; state: ResourceState | null; isOwnLock: boolean; waited: boolean }): boolean {
    if ("digest" in condition) return state?.digest === condition.digest;
    if ("unchanged" in condition) {
      const { fence, revision } = condition.unchanged;
      return isOwnLock && !waited && row?.fence === fence && row.revision === revision && !this.isUnderWay(hex(row.key));
    }
    return condition.state === "any" || (row !== null && this.#parts.resources.isThere(row) && !this.#parts.sentWrites.isUnresolved(row.name));
  }

  /** While nobody knows how a write of it has ended, what was seen before is no statement about now: its rest can be over sooner. */
  #state(row: Readonly<ResourceRow>, view: string): ResourceState {
    const { resources, sentWrites } = this.#parts;
    const state = resources.state(row, view);
    return sentWrites.isUnresolved(row.name) ? { ...state, etag: null, digest: null } : state;
  }

  /** The lease is made to outlast the upstream's time, so that it cannot end under a write that is on its way. */
  send(input: SendWrite): LedgerOutput<"sendWrite"> {
    const write = this.#open.get(input.write);
    if (!write || write.sent !== null) return { kind: "superseded" };
    const { context, resources, leases, sentWrites, idempotency } = this.#parts;
    const { service, path, lockPath } = write.input;
    const lockRow = resources.get(write.lockKey, { service, path: lockPath });
    if (!leases.keepsFence(write.lockKey, { token: write.input.lockToken, fence: write.fence, current: lockRow.fence, untilMs: context.now() + write.input.holdMs })) {
      this.#close(write);
      return { kind: "superseded" };
    }
    if (!write.underLease) resources.setFence(write.lockKey, write.fence);
    if (write.key !== write.lockKey) resources.get(write.key, { service, path });
    const { view, method, consumer, callId: call } = write.input;
    const entry: NewSent = { id: write.id, key: write.key, lock_key: write.lockKey, service: lockRow.service, path, view, method, consumer, call, fence: write.fence };
    sentWrites.add(entry, input);
    if (write.reservation) idempotency.sent(write.reservation, write.id);
    write.sent = entry;
    this.#count(write.key, 1);
    return { kind: "sent" };
  }

  /** A caller that lost its connection to the ledger may still say how its write ended, as long as nobody wrote since. */
  finish(input: FinishWrite): LedgerOutput<"finishWrite"> {
    const write = this.#open.get(input.write);
    if (write && !write.sent) {
      this.#close(write);
      return { kind: "done", revision: null };
    }
    const output = this.#parts.outcomes.finish(input, write?.sent ? { sent: write.sent, keyed: write.reservation !== null } : null);
    if (write) this.#close(write);
    return output;
  }

  awaitLoss(id: string, reply: Reply<LedgerOutput<"awaitLoss">>): void {
    const write = this.#open.get(id);
    if (!write) return reply({ kind: "over" });
    // A lease that was broken before this was asked has raised the fence.
    if (write.underLease && (this.#parts.resources.find(write.lockKey)?.fence ?? 0) > write.fence) return reply({ kind: "lost" });
    write.onLoss?.({ kind: "over" });
    write.onLoss = reply;
  }

  /** Its holder's writes that are on their way are told, so that they break off as early as they can. */
  leaseBroken(lockKey: Buffer): void {
    for (const write of this.#open.values()) if (write.underLease && write.lockKey.equals(lockKey)) this.#tellLoss(write, "lost");
  }

  isUnderWay(resource: string): boolean {
    return this.#underWay.has(resource) || this.#parts.sentWrites.isUnresolved(resource);
  }

  /** Places that are held for too long are taken back: the caller is stopped, or was never told. */
  expire(nowMs: number): void {
    for (const write of this.#open.values()) if (write.holdUntilMs <= nowMs) this.#lose(write);
  }

  dropSession(session: Session): void {
    for (const write of this.#open.values()) if (write.session === session) this.#lose(write);
  }

  /** What was sent and lost its caller rests the resource; what was not sent has had no effect. */
  #lose(write: OpenWrite): void {
    this.#tellLoss(write, "lost");
    if (write.sent) this.#parts.outcomes.lost(write.id);
    this.#close(write);
  }

  #close(write: OpenWrite): void {
    this.#open.delete(write.id);
    this.#tellLoss(write, "over");
    if (write.sent && write.underLease) this.#parts.leases.writeOver(write.lockKey);
    if (write.sent) this.#count(write.key, -1);
    else if (write.reservation) this.#parts.idempotency.giveBack(write.reservation);
    this.#parts.queue.leave(write.ticket);
  }

  #tellLoss(write: OpenWrite, kind: "lost" | "over"): void {
    write.onLoss?.({ kind });
    write.onLoss = null;
  }

  #count(key: Buffer, change: number): void {
    const resource = hex(key);
    const count = (this.#underWay.get(resource) ?? 0) + change;
    if (count > 0) this.#underWay.set(resource, count);
    else this.#underWay.delete(resource);
  }
}

function claimOf({ lockToken, consumer }: Pick<PrepareWrite, "lockToken" | "consumer">): LeaseClaim {
  return lockToken === null ? noClaim : { token: lockToken, holder: consumer };
}
