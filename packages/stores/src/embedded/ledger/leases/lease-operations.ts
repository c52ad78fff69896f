/** LOCK and UNLOCK as the ledger carries them out, and what leases mean to writes. */
import type { Lease, LedgerInput, LedgerOutput, WritePlace } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { resourceKey } from "../keys.ts";
import { type LeaseClaim, type Leases, noClaim } from "./leases.ts";
import type { Resources } from "../resources/resources.ts";
import { hex, type SentWrites } from "../writes/sent-writes.ts";
import type { KnownService } from "../services.ts";
import type { Session, Ticket, WriteQueue } from "../writes/write-queue.ts";

export interface LeaseParts {
  context: LedgerContext;
  resources: Resources;
  leases: Leases;
  sentWrites: SentWrites;
  queue: WriteQueue;
}

/** No token, nothing to tell apart. */
const noFence = (): number => 0;

type Acquired = LedgerOutput<"acquireLease">;
type Obstacle = Extract<WritePlace, { kind: "locked" | "busy" }>;

export class LeaseOperations {
  readonly #parts: LeaseParts;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** Why a write may not go ahead: somebody's lease, a token that is no good, or the rest after a loss. */
  obstacle(lockKey: Buffer, claim: LeaseClaim, service: KnownService): Obstacle | null {
    const { context, leases, sentWrites } = this.#parts;
    const verdict = leases.judge(lockKey, claim, () => this.#currentFence(lockKey, service));
    if (verdict.kind === "held") return { kind: "locked", state: "held", lease: verdict.lease };
    if (verdict.kind === "unknown-token" || verdict.kind === "expired") return { kind: "locked", state: verdict.kind };
    const rest = Math.max(verdict.kind === "free" ? verdict.restsUntil - context.now() : 0, sentWrites.restMs(hex(lockKey)));
    return rest > 0 ? { kind: "busy", reason: "lock-delay", retryAfterMs: rest } : null;
  }

  /** Under a lease its own; without one the next, which counts from the moment at which the write is sent. */
  fence(lockKey: Buffer, token: string | null, currentFence: number): number {
    const lease = token === null ? null : this.#parts.leases.current(lockKey);
    return lease ? lease.fence : currentFence + 1;
  }

  /** False where somebody was let in since; otherwise a lease is made to last until the write must have ended. */
  keepsFence(lockKey: Buffer, write: { token: string | null; fence: number; current: number; untilMs: number }): boolean {
    if (write.token === null) return write.current < write.fence && this.#parts.leases.current(lockKey) === null;
    if (write.current > write.fence || this.#parts.leases.judge(lockKey, { token: write.token, holder: null }, () => write.current).kind !== "own") return false;
    this.#parts.leases.outlast(lockKey, write.untilMs);
    return true;
  }

  /** A write under a lease has ended. */
  writeOver(lockKey: Buffer): void {
    this.#parts.leases.writeOver(lockKey);
  }

  acquire(input: LedgerInput<"acquireLease">, session: Session, reply: (output: Acquired) => void): void {
    const { context, leases, queue } = this.#parts;
    const key = resourceKey(input);
    const service = context.services.get(input.service);
    if (input.token !== null) return reply(this.#renew(key, { token: input.token, holder: input.holder, ttlMs: input.ttlMs }, service));
    const held = leases.judge(key, noClaim, noFence);
    if (held.kind === "held") return reply({ kind: "locked", state: "held", lease: held.lease });
    const ticket: Ticket = {
      session,
      lock: hex(key),
      waitUntilMs: context.now() + input.waitMs,
      // A lease takes its place for a moment only, behind all writes that came before.
      turn: () => {
        reply(this.#grant(key, input, service));
        return false;
      },
      tooLate: () => reply({ kind: "busy", reason: "queue", retryAfterMs: input.waitMs }),
    };
    if (!queue.enter(ticket, input.maxWaiting)) reply({ kind: "busy", reason: "queue", retryAfterMs: input.waitMs });
  }

  #grant(key: Buffer, input: LedgerInput<"acquireLease">, service: KnownService): Acquired {
    const { resources, leases } = this.#parts;
    const held = leases.judge(key, noClaim, noFence);
    if (held.kind === "held") return { kind: "locked", state: "held", lease: held.lease };
    const fence = resources.get(key, input).fence + 1;
    const granted = leases.grant(key, { service: service.id, path: input.path, holder: input.holder, fence, ttlMs: input.ttlMs, restMs: input.restMs });
    if (granted === null) return { kind: "busy", reason: "queue", retryAfterMs: input.ttlMs };
    resources.setFence(key, fence);
    return { kind: "granted", ...granted };
  }

  #renew(key: Buffer, input: { token: string; holder: string; ttlMs: number }, service: KnownService): Acquired {
    const { context, leases } = this.#parts;
    const verdict = leases.judge(key, input, () => this.#currentFence(key, service));
    if (verdict.kind !== "own") return { kind: "locked", state: verdict.kind === "expired" ? "expired" : "unknown-token" };
    const lease = leases.extend(key, context.now() + input.ttlMs) as Lease;
    return { kind: "granted", token: input.token, lease };
  }

  release(input: LedgerInput<"releaseLease">): LedgerOutput<"releaseLease"> {
    const { context, leases } = this.#parts;
    const key = resourceKey(input);
    const verdict = leases.judge(key, input, () => this.#currentFence(key, context.services.get(input.service)));
    if (verdict.kind !== "own") return { kind: verdict.kind === "expired" ? "expired" : "unknown-token" };
    leases.release(key);
    return { kind: "released" };
  }

  /** The fence goes up at once, so that a write of the holder's that is on its way cannot be finished as if nothing had been. */
  break(input: LedgerInput<"breakLease">): LedgerOutput<"breakLease"> {
    const { resources, leases } = this.#parts;
    const key = resourceKey(input);
    if (input.fence !== undefined && leases.current(key)?.fence !== input.fence) return { broken: null };
    const broken = leases.break(key);
    if (broken) resources.setFence(key, resources.get(key, input).fence + 1);
    return { broken };
  }

  #currentFence(key: Buffer, service: KnownService): number {
    return this.#parts.resources.find(key)?.fence ?? service.fenceFloor;
  }
}
