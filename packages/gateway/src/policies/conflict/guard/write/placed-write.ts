/**
 * A write that has its place in the resource's queue: compared with what is there, noted as sent before its first byte
 * goes out, carried to its end whether its client stays or not, and settled in the ledger. Two commits.
 */
import { LedgerUnavailableError, type FinishWrite, type WritePlace } from "@parley/stores/ports/ledger";
import type { Refusal } from "@parley/contract/problems/problem";
import { guardsWrite } from "../../preconditions/index.ts";
import { formatEntityTag, parseBodyHashTag, parseEntityTag, viewKey } from "../../validators/index.ts";
import { type Answer, takeAnswer } from "../../../../exchange/whole-answer.ts";
import { isBypass } from "../representation/bypass-seen.ts";
import { verdictOn } from "../representation/compared-tags.ts";
import { complain, type Complaint, complaintOfRow } from "../complaint.ts";
import { firstTag, type Looked } from "../resolution/evidence.ts";
import { type AskedAs, recallAsked } from "../representation/asked-as.ts";
import { bypassFound } from "../guard-plan.ts";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import { intendedDigest } from "./intended-state.ts";
import { outgoingWrite } from "./outgoing.ts";
import { refetch } from "../representation/refetch.ts";
import { absent, nativeKey, nativeTag, type Representation, shownTag } from "../representation/representation.ts";
import { afterUpstreamConflict, keepOverwritten, resolveMismatch, type Resolution } from "../resolution/resolution.ts";
import { sentAs } from "./send-at-once.ts";
import { resultOf, storedResponse, type WriteResult } from "./write-result.ts";
import type { WriteRequest } from "./write-request.ts";
import { answerMerged, answerPlainly, withoutForeignTag } from "./write-answer.ts";
import { needsPrecondition, preconditionComplaint } from "../precondition-complaint.ts";
import { ledgerIsDown, unexplained } from "./without-ledger.ts";

export interface Placed {
  place: Extract<WritePlace, { kind: "granted" }>;
  /** As its tag was asked for, as far as this worker knows. */
  given: AskedAs | undefined;
  isGone: () => boolean;
  /** Where the lease is not on this very place: settled when that is lost, or the write under it is over. */
  leaseLost?: Promise<{ kind: "lost" | "over" }>;
  /** What was seen in front of the place; it counts where the ledger has sent the write with it. */
  early?: Representation | null;
  /** Of a create with a unique value. */
  unique?: {
    created(answer: Answer | null): Promise<void>;
    /** Something better than the upstream's refusal; null for nothing. */
    refused(answer: Answer): Promise<(() => Promise<void>) | null>;
  };
}

type Stop = { refusal: Refusal } | { complaint: Complaint } | { gone: true };

/** An upstream that is busy is asked again so often at most. */
const maxTries = 4;

export class PlacedWrite {
  readonly #call: GuardedCall;
  readonly #request: WriteRequest;
  readonly #placed: Placed;
  #given: AskedAs | undefined;
  #settled = false;
  #sent = false;
  #bypassed = false;
  #leaseIsLost = false;

  constructor(call: GuardedCall, request: WriteRequest, placed: Placed) {
    this.#call = call;
    this.#request = request;
    this.#placed = placed;
    this.#given = placed.given;
  }

  async run(): Promise<void> {
    try {
      const stop = await this.#carryOut();
      if (stop === null) return;
      await this.#finish({ outcome: "not-applied" });
      if ("refusal" in stop) this.#call.sink.fault(stop.refusal);
      else if ("complaint" in stop) complain(this.#call, stop.complaint);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      // Before the first byte went out: nothing has happened.
      complain(this.#call, complaintOfRow("ledgerDown"));
    } finally {
      if (!this.#settled) await this.#finish({ outcome: this.#sent ? "unknown" : "not-applied" });
    }
  }

  /** Null where the answer has been given. */
  async #carryOut(): Promise<Stop | null> {
    const looked = await this.#look();
    if ("refusal" in looked || "complaint" in looked) return looked;
    const resolution = await this.#judge(looked);
    if (resolution.kind === "complaint") return { complaint: resolution.complaint };
    if (resolution.kind === "refusal") return { refusal: resolution.refusal };
    if (this.#placed.isGone()) return { gone: true };
    return this.#send(looked, resolution);
  }

  /** What is there now; nothing is asked where nothing depends on it. */
  async #look(): Promise<Looked | Exclude<Stop, { gone: true }>> {
    const call = this.#call;
    const { state } = this.#placed.place;
    // The ledger knew that it was there, which was all that was asked, and has it as sent.
    if (this.#placed.place.sent === true && call.preconditions.ifMatch?.kind === "any") return { call, current: { ...absent, exists: true, status: 200 }, state, bypassed: false };
    const { early } = this.#placed;
    if (this.#placed.place.sent === true && early !== null && early !== undefined) return { call, current: early, state, bypassed: false };
    const trusted = this.#trusted();
    if (trusted === null ? !this.#needsCurrent() : verdictOn(call, trusted).kind === "proceed" || !(await this.#recalls())) return { call, current: trusted, state, bypassed: false };
    let found = await refetch(call, this.#given);
    if (found.kind !== "failed" && (found.kind === "hidden" || verdictOn(call, found.current).kind !== "proceed") && (await this.#recalls())) found = await refetch(call, this.#given);
    if (found.kind === "failed") return { refusal: found.refusal };
    if (found.kind === "hidden") return this.#unseen(found.status);
    this.#noticeBypass(found.current);
    return { call, current: found.current, state, bypassed: this.#bypassed };
  }

  /** True where it is now known in which form the tag was given out. */
  async #recalls(): Promise<boolean> {
    if (this.#given !== undefined) return false;
    this.#given = (await recallAsked(this.#call)) ?? undefined;
    return this.#given !== undefined;
  }

  #needsCurrent(): boolean {
    const { plan, preconditions, exchange } = this.#call;
    if (preconditions.ifMatch !== null || preconditions.ifNoneMatch !== null || preconditions.ifUnmodifiedSince !== null) return true;
    return needsPrecondition(this.#call) || (exchange.method !== "POST" && plan.settings.strategy === "last-write-wins");
  }

  /** With exclusive writers the ledger's word counts, as far as it knows the state. */
  #trusted(): Representation | null {
    const { plan, preconditions } = this.#call;
    const { state } = this.#placed.place;
    const { writers, strategy } = plan.settings;
    if (writers !== "exclusive" || state === null || strategy === "merge" || strategy === "last-write-wins" || plan.adapter !== null) return null;
    if (preconditions.ifUnmodifiedSince !== null || !this.#needsCurrent()) return null;
    const native = state.etag === null ? null : parseEntityTag(state.etag);
    if (native === null && state.digest === null) return null;
    const named = firstTag(this.#call);
    // The other kind of validator was given out: only the bytes can tell.
    if (named !== null && (parseBodyHashTag(named.opaque) === null) !== (native !== null)) return null;
    const known = { ...absent, exists: true, status: 200, view: "" };
    if (native !== null) return { ...known, kind: "native", tag: native, etag: state.etag, key: nativeKey(native, lookingOf(this.#call)) };
    return { ...known, kind: "own", tag: { weak: false, opaque: state.digest as string }, digest: state.digest, key: state.digest };
  }

  /** The caller may write and not read. A native upstream compares by itself; else nothing can be said to match. */
  #unseen(status: number): Looked | { complaint: Complaint } {
    const call = this.#call;
    if (call.plan.validator === "native" && call.preconditions.ifMatch !== null) return { call, current: null, state: this.#placed.place.state, bypassed: false };
    const row = call.preconditions.ifNoneMatch === null && call.preconditions.ifMatch !== null ? "ifMatchFalse" : "preconditionMissing";
    return { complaint: complaintOfRow(row, { detail: `The upstream answers a read of the resource with ${status} and does not show it to these credentials, so nothing can be compared.` }) };
  }

  #noticeBypass(current: Representation): void {
    const { plan } = this.#call;
    const { state } = this.#placed.place;
    this.#bypassed = isBypass(state, current, this.#given?.view ?? viewKey(this.#call.query, this.#call.consumer));
    if (!this.#bypassed) return;
    bypassFound(plan, this.#call.path);
    plan.ports.ledger
      .noteState({ service: plan.service, path: this.#call.path, view: current.view, etag: current.etag, digest: current.key, startedAt: plan.ports.now() })
      .catch(() => {});
  }

  async #judge(looked: Looked): Promise<Resolution> {
    const { plan, preconditions } = this.#call;
    const { current } = looked;
    if (current === null) return { kind: "proceed", merged: null };
    const revision = this.#placed.place.state?.revision ?? 0;
    if (needsPrecondition(this.#call) && current.exists && this.#placed.place.sent !== true && (current.tag === null || !guardsWrite(preconditions, current))) {
      return { kind: "complaint", complaint: preconditionComplaint(shownTag(current, revision), current.tag === null) };
    }
    if (plan.settings.strategy === "last-write-wins") await keepOverwritten(looked);
    const verdict = verdictOn(this.#call, current);
    if (verdict.kind === "proceed") return { kind: "proceed", merged: null };
    return resolveMismatch(looked, this.#request, verdict.kind === "failed" ? verdict.by : "if-none-match");
  }

  async #send(looked: Looked, first: Extract<Resolution, { kind: "proceed" }>): Promise<Stop | null> {
    const { plan } = this.#call;
    const { place } = this.#placed;
    const { current } = looked;
    const { client } = this.#request;
    if (place.sent === true) {
      this.#sent = true;
      return this.#tries(looked, first);
    }
    const intended = client === null ? null : intendedDigest(lookingOf(this.#call), client, { bytes: first.merged?.bytes ?? client.bytes, current });
    const sent = await plan.ports.ledger.sendWrite({
      write: place.write, restMs: plan.restMs, base: { etag: current?.etag ?? place.state?.etag ?? null, digest: current?.key ?? place.state?.digest ?? null }, intended,
      refetch: sentAs(this.#call, this.#given), fsync: plan.settings.durability === "fsync",
    });
    if (sent.kind === "superseded") return { complaint: complaintOfRow(this.#request.lockToken === null ? "queueFull" : "leaseExpired") };
    this.#sent = true;
    return this.#tries(looked, first);
  }

  /** Everything from here on has reached the upstream, or may have. */
  async #tries(looked: Looked, first: Extract<Resolution, { kind: "proceed" }>): Promise<Stop | null> {
    const { plan, exchange, sink } = this.#call;
    let resolution = first;
    for (let made = 1; ; made += 1) {
      const write = outgoingWrite({ call: this.#call, request: this.#request, fence: this.#placed.place.fence, current: resolution.current ?? looked.current, merged: resolution.merged?.bytes ?? null });
      const since = plan.ports.monotonicMs();
      const taken = await takeAnswer(plan.next, write, { maxBytes: plan.maxBodyBytes, overflow: sink, ...(this.#request.lockToken === null ? {} : { brokenOff: this.#leaseLost() }) });
      exchange.step("write", since);
      const result = resultOf(taken, plan.isStale);
      if (result.kind !== "conflict") return this.#settle(result, { taken, resolution, looked });
      const instead = (await this.#placed.unique?.refused(result.answer)) ?? null;
      if (instead !== null) {
        await this.#finish({ outcome: "not-applied" });
        await instead();
        return null;
      }
      const conflict = { request: this.#request, answer: result.answer, given: this.#given, made, mayRepeat: made < maxTries };
      const after = await afterUpstreamConflict(looked, conflict).catch((error: unknown) => unexplained(error, result.answer, sink));
      if (after.kind !== "repeat") {
        await this.#finish({ outcome: "not-applied" });
        after.answer();
        return null;
      }
      resolution = after.resolution;
    }
  }

  async #settle(result: Exclude<WriteResult, { kind: "conflict" }>, how: { taken: Awaited<ReturnType<typeof takeAnswer>>; resolution: Extract<Resolution, { kind: "proceed" }>; looked: Looked }): Promise<Stop | null> {
    const { sink } = this.#call;
    switch (result.kind) {
      case "not-sent":
        return how.taken.kind === "fault" ? { refusal: how.taken.refusal } : null;
      case "lost":
        await this.#finish({ outcome: "unknown" });
        complain(this.#call, this.#leaseIsLost ? this.#lostLease() : { ...complaintOfRow("responseLost"), id: this.#placed.place.write });
        return null;
      case "refused":
        await this.#finish({ outcome: "not-applied", response: result.answer === null ? null : this.#kept(result.answer) });
        if (result.answer !== null) answerPlainly(result.answer, sink);
        return null;
      case "applied":
        return this.#applied(result, how);
    }
  }

  async #applied(result: Extract<WriteResult, { kind: "applied" }>, { resolution, looked }: { resolution: Extract<Resolution, { kind: "proceed" }>; looked: Looked }): Promise<null> {
    const call = this.#call;
    const { status } = result;
    const answer = result.answer === null ? null : withoutForeignTag(call.plan, result.answer);
    const given = answer === null || resolution.merged === null || call.exchange.method !== "PUT" || status >= 300 ? answer : answerMerged(call, answer, resolution.merged.document);
    const native = status < 300 ? nativeTag(call.plan, result.rawHeaders) : null;
    const response = this.#kept(given ?? { status, rawHeaders: result.rawHeaders, body: null });
    // Before the place is given up: whoever waits for it has the same value.
    if (status < 300) await this.#placed.unique?.created(answer).catch(ledgerIsDown);
    const superseded = (await this.#finish({ outcome: "applied", response, etag: native === null ? null : formatEntityTag(native), exists: this.#isThereNow(looked, status) })) === "superseded";
    resolution.done?.();
    if (superseded) complain(call, this.#lostLease());
    else if (given !== null) answerPlainly(given, call.sink);
    return null;
  }

  /** For those who ask only that. An upstream with tags of its own is asked itself, and one that is too long to be tagged is looked at each time. */
  #isThereNow({ current }: Looked, status: number): boolean {
    const { exchange, plan } = this.#call;
    if (plan.settings.writers !== "exclusive" || this.#request.client === null || current === null || !current.exists) return false;
    return (exchange.method === "PUT" || exchange.method === "PATCH") && (current.kind === "own" || current.kind === "none") && (status === 200 || status === 201 || status === 204);
  }

  /** What is under way cannot be called back, but the sooner the connection is cut the less of it arrives. */
  #leaseLost(): Promise<Refusal> {
    const { ledger } = this.#call.plan.ports;
    return new Promise((resolve) => {
      const told = ({ kind }: { kind: "lost" | "over" }): void => {
        if (kind !== "lost") return;
        this.#leaseIsLost = true;
        resolve({ code: "outcome-unknown", detail: "The lease was lost while the write was on its way." });
      };
      // A ledger that cannot say keeps nobody from ending: it will refuse to commit under an older fence.
      (this.#placed.leaseLost ?? ledger.awaitLoss({ write: this.#placed.place.write, waitMs: this.#call.plan.holdMs })).then(told, () => {});
    });
  }

  #lostLease(): Complaint {
    const complaint = complaintOfRow("responseLost", { detail: "The lease ended while the write was on its way, so nobody can say whether it was carried out." });
    return { ...complaint, diagnosis: { ...complaint.diagnosis, subcause: "lease-lost" }, id: this.#placed.place.write };
  }

  /** Of a request that nobody can repeat nothing is kept. */
  #kept(answer: { status: number; rawHeaders: readonly string[]; body: Buffer | null }): FinishWrite["response"] {
    return this.#request.idempotencyKey === null ? null : storedResponse(answer.status, answer.rawHeaders, answer.body);
  }

  /** A ledger that cannot be told has the write as sent, and recovery finds out how it ended. */
  async #finish(how: { outcome: FinishWrite["outcome"]; response?: FinishWrite["response"]; etag?: string | null; exists?: boolean }): Promise<"done" | "superseded" | "unavailable"> {
    if (this.#settled) return "done";
    this.#settled = true;
    const { ledger } = this.#call.plan.ports;
    try {
      const { kind } = await ledger.finishWrite({
        write: this.#placed.place.write, outcome: how.outcome, etag: how.etag ?? null, digest: null, response: how.response ?? null, fsync: this.#call.plan.settings.durability === "fsync",
        ...(how.exists === true ? { exists: true } : {}),
      });
      return kind;
    } catch (error) {
      if (error instanceof LedgerUnavailableError) return "unavailable";
      throw error;
    }
  }
}
