/**
 * A write that has its place in the resource's queue: compared with what is there (`look-under-place.ts`, `judge.ts`), noted as sent before its first
 * byte goes out (`write-entry.ts`), carried to its end whether its client stays or not, and settled in the ledger.
 */
import { LedgerUnavailableError, type FinishWrite } from "@parley/stores/ports/ledger";
import { formatEntityTag } from "../../validators/index.ts";
import { type Answer, type Taken, takeAnswer } from "../../../../exchange/whole-answer.ts";
import { complain, complaintOfRow } from "../complaint.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { nativeTag } from "../representation/representation.ts";
import { afterUpstreamConflict, type Resolution } from "../resolution/resolution.ts";
import type { Looked } from "../resolution/evidence.ts";
import { judge } from "./judge.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { type Found, lookUnderPlace } from "./look-under-place.ts";
import { outgoingWrite } from "./outgoing.ts";
import type { Placed, Stop } from "./placed.ts";
import { ledgerIsDown, unexplained } from "./without-ledger.ts";
import { answerMerged, answerPlainly, withoutForeignTag } from "./write-answer.ts";
import { WriteEntry } from "./write-entry.ts";
import type { WriteRequest } from "./write-request.ts";
import { resultOf, storedResponse, type WriteResult } from "./write-result.ts";

type Proceeding = Extract<Resolution, { kind: "proceed" }>;

/** An upstream that is busy is asked again so often at most. */
const maxTries = 4;

export class PlacedWrite {
  readonly #call: GuardedCall;
  readonly #request: WriteRequest;
  readonly #placed: Placed;
  readonly #entry: WriteEntry;
  readonly #lease: LeaseWatch;

  constructor(call: GuardedCall, request: WriteRequest, placed: Placed) {
    this.#call = call;
    this.#request = request;
    this.#placed = placed;
    this.#entry = new WriteEntry(call, placed);
    this.#lease = new LeaseWatch(call, placed);
  }

  async run(): Promise<void> {
    try {
      const stop = await this.#carryOut();
      if (stop === null) return;
      await this.#entry.finish({ outcome: "not-applied" });
      if ("refusal" in stop) this.#call.sink.fault(stop.refusal);
      else if ("complaint" in stop) complain(this.#call, stop.complaint);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      // Before the first byte went out: nothing has happened.
      complain(this.#call, complaintOfRow("ledgerDown"));
    } finally {
      await this.#entry.letGo();
    }
  }

  /** Null where the answer has been given. */
  async #carryOut(): Promise<Stop | null> {
    const found = await lookUnderPlace(this.#call, this.#placed);
    if (!("looked" in found)) return found;
    const { looked, given } = found;
    const resolution = await judge(looked, this.#request, this.#placed);
    if (resolution.kind === "complaint") return { complaint: resolution.complaint };
    if (resolution.kind === "refusal") return { refusal: resolution.refusal };
    if (this.#placed.isGone()) return { gone: true };
    const isSent = await this.#entry.send(looked, { request: this.#request, resolution, given });
    return isSent ? this.#tries(found, resolution) : { complaint: complaintOfRow(this.#request.lockToken === null ? "queueFull" : "leaseExpired") };
  }

  /** Everything from here on has reached the upstream, or may have. */
  async #tries({ looked, given }: Found, first: Proceeding): Promise<Stop | null> {
    const { plan, exchange, sink } = this.#call;
    let resolution = first;
    for (let made = 1; ; made += 1) {
      const write = outgoingWrite({ call: this.#call, request: this.#request, fence: this.#placed.place.fence, current: resolution.current ?? looked.current, merged: resolution.merged?.bytes ?? null });
      const since = plan.ports.monotonicMs();
      const taken = await takeAnswer(plan.next, write, { maxBytes: plan.maxBodyBytes, overflow: sink, ...(this.#request.lockToken === null ? {} : { brokenOff: this.#lease.lost() }) });
      exchange.step("write", since);
      const result = resultOf(taken, plan.isStale);
      if (result.kind !== "conflict") return this.#settle(result, { taken, resolution, looked });
      const instead = (await this.#placed.unique?.refused(result.answer)) ?? null;
      if (instead !== null) {
        await this.#entry.finish({ outcome: "not-applied" });
        await instead();
        return null;
      }
      const conflict = { request: this.#request, answer: result.answer, given, made, mayRepeat: made < maxTries };
      const after = await afterUpstreamConflict(looked, conflict).catch((error: unknown) => unexplained(error, result.answer, sink));
      if (after.kind !== "repeat") {
        await this.#entry.finish({ outcome: "not-applied" });
        after.answer();
        return null;
      }
      resolution = after.resolution;
    }
  }

  async #settle(result: Exclude<WriteResult, { kind: "conflict" }>, how: { taken: Taken; resolution: Proceeding; looked: Looked }): Promise<Stop | null> {
    switch (result.kind) {
      case "not-sent":
        return how.taken.kind === "fault" ? { refusal: how.taken.refusal } : null;
      case "lost":
        await this.#entry.finish({ outcome: "unknown" });
        complain(this.#call, this.#lease.isLost ? this.#lease.complaint() : { ...complaintOfRow("responseLost"), id: this.#placed.place.write });
        return null;
      case "refused":
        await this.#entry.finish({ outcome: "not-applied", response: result.answer === null ? null : this.#kept(result.answer) });
        if (result.answer !== null) answerPlainly(result.answer, this.#call.sink);
        return null;
      case "applied":
        return this.#applied(result, how);
    }
  }

  async #applied(result: Extract<WriteResult, { kind: "applied" }>, { resolution, looked }: { resolution: Proceeding; looked: Looked }): Promise<null> {
    const call = this.#call;
    const { status } = result;
    const answer = result.answer === null ? null : withoutForeignTag(call.plan, result.answer);
    const given = answer === null || resolution.merged === null || call.exchange.method !== "PUT" || status >= 300 ? answer : answerMerged(call, answer, resolution.merged.document);
    const native = status < 300 ? nativeTag(call.plan, result.rawHeaders) : null;
    const response = this.#kept(given ?? { status, rawHeaders: result.rawHeaders, body: null });
    // Before the place is given up: whoever waits for it has the same value.
    if (status < 300) await this.#placed.unique?.created(answer).catch(ledgerIsDown);
    const superseded = (await this.#entry.finish({ outcome: "applied", response, etag: native === null ? null : formatEntityTag(native), exists: this.#isThereNow(looked, status) })) === "superseded";
    resolution.done?.();
    if (superseded) complain(call, this.#lease.complaint());
    else if (given !== null) answerPlainly(given, call.sink);
    return null;
  }

  /** For those who ask only that. An upstream with tags of its own is asked itself, and one that is too long to be tagged is looked at each time. */
  #isThereNow({ current }: Looked, status: number): boolean {
    const { exchange, plan } = this.#call;
    if (plan.settings.writers !== "exclusive" || this.#request.client === null || current === null || !current.exists) return false;
    return (exchange.method === "PUT" || exchange.method === "PATCH") && (current.kind === "own" || current.kind === "none") && (status === 200 || status === 201 || status === 204);
  }

  /** Of a request that nobody can repeat nothing is kept. */
  #kept(answer: Pick<Answer, "status" | "rawHeaders"> & { body: Buffer | null }): FinishWrite["response"] {
    return this.#request.idempotencyKey === null ? null : storedResponse(answer.status, answer.rawHeaders, answer.body);
  }
}
