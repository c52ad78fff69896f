/** A batch's way to the upstream and back: the request that carries its items, and what the answer says of each of them. */
import type { Refusal } from "@parley/contract/problems/problem";
import { bodyOf, derivedExchange, withoutHeaders } from "../../../exchange/derived-exchange.ts";
import { type Answer, type Taken, takeAnswer } from "../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { resultOf } from "../guard/write/write-result.ts";
import type { BatchItem } from "./batch-item.ts";
import type { BatchKey } from "./batch-key.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { outgoingBody } from "./batch-request.ts";
import { answeredParts } from "./multipart/answered-parts.ts";
import { outgoingParts } from "./multipart/outgoing-parts.ts";
import type { PartsBatch } from "./multipart/parts-batch.ts";
import { type ItemResult, itemResults } from "./batch-results.ts";
import type { Outgoing, SentItem } from "./shared-sending.ts";

export interface Carried {
  call: GuardedCall;
  plan: BatchPlan;
  /** As the client sent them. */
  bytes: Buffer;
  items: readonly BatchItem[];
  /** Of a multipart batch. */
  parts: PartsBatch | null;
  key: BatchKey;
}

/** Of a body that may be another than the client's, in an answer that has to be read. */
const replaced: ReadonlySet<string> = new Set(["content-length", "content-md5", "digest", "content-digest", "repr-digest", "accept-encoding", "expect"]);

export class BatchTrip {
  readonly #carried: Carried;
  /** What the answer of the request that carried it says, by item. */
  readonly results = new Map<number, ItemResult>();
  /** Of the first request; null where there is none, or it was too long to be held. */
  answer: Answer | null = null;
  /** What became of the first request instead of an answer. */
  fault: Refusal | null = null;
  isLost = false;
  /** Nothing was sent, since something was refused and the service wants all or nothing. */
  isRefused = false;
  /** The head of an answer that was too long to be held, which the client has already. */
  passedOn: { status: number; rawHeaders: string[] } | null = null;

  constructor(carried: Carried) {
    this.#carried = carried;
  }

  async send(outgoing: Outgoing, isFirst: boolean): Promise<ReadonlyMap<number, SentItem>> {
    const { items } = this.#carried;
    const complete = withoutIncomplete(outgoing, items);
    const left = new Map([...outgoing.keys()].filter((index) => !complete.has(index)).map((index) => [index, { refusal: ofTheChangeset }]));
    for (const [index, exchange] of outgoing) if (exchange === null && left.has(index)) (items[index] as BatchItem).refusal = ofTheChangeset;
    const sent = complete.size === 0 && left.size > 0 ? new Map<number, SentItem>() : await this.#sendComplete(complete, isFirst);
    return new Map<number, SentItem>([...left, ...sent]);
  }

  async #sendComplete(outgoing: Outgoing, isFirst: boolean): Promise<ReadonlyMap<number, SentItem>> {
    const { call, plan, bytes, items, parts, key } = this.#carried;
    const isWhole = outgoing.size === items.length;
    if (isFirst && !isWhole && plan.settings.onRefusal === "refuse") {
      this.isRefused = true;
      return forAll(outgoing, { refusal: { code: "batch-refused", detail: "Another item of the batch was refused, so nothing of it was sent." } });
    }
    const body = parts === null ? await outgoingBody({ bytes, items, settings: plan.settings }, outgoing) : await outgoingParts(parts, bytes, outgoing);
    await key.sent();
    const stripped = withoutHeaders(call.exchange, replaced);
    const rawHeaders = [...stripped.rawHeaders, "Accept-Encoding", "identity"];
    const write = derivedExchange(call.exchange, { ...stripped, rawHeaders, body: bodyOf(body), sentOnce: true });
    const since = call.plan.ports.monotonicMs();
    const taken = await takeAnswer(call.plan.next, write, { maxBytes: call.plan.maxBodyBytes, ...(isFirst && isWhole ? { overflow: call.sink } : {}) });
    call.exchange.step("write", since);
    return this.#came(outgoing, { taken, isFirst });
  }

  #came(outgoing: Outgoing, { taken, isFirst }: { taken: Taken; isFirst: boolean }): ReadonlyMap<number, SentItem> {
    const { items, call } = this.#carried;
    if (taken.kind === "fault") {
      this.isLost ||= resultOf(taken, call.plan.isStale).kind === "lost";
      if (isFirst) this.fault = taken.refusal;
      return forAll(outgoing, { refusal: taken.refusal });
    }
    if (taken.kind === "too-long") {
      if (taken.passedOn) this.passedOn = { status: taken.status, rawHeaders: taken.rawHeaders };
      for (const index of outgoing.keys()) this.results.set(index, { answer: { status: taken.status, rawHeaders: [], body: Buffer.alloc(0) }, at: null });
    } else {
      if (isFirst) this.answer = taken.answer;
      this.#read(outgoing, taken.answer, isFirst);
    }
    this.#tellWritten(outgoing);
    return new Map([...outgoing.keys()].flatMap((index): [number, SentItem][] => {
      const result = this.results.get(index);
      const { refusal } = items[index] as BatchItem;
      return result !== undefined ? [[index, { answer: result.answer }]] : refusal !== null ? [[index, { refusal }]] : [];
    }));
  }

  /** What nothing is said of has no result. */
  #read(outgoing: Outgoing, answer: Answer, isFirst: boolean): void {
    const { plan, items, parts } = this.#carried;
    const sent = [...outgoing.keys()].map((index) => items[index] as BatchItem);
    const inParts = parts === null || answer.status >= 400 ? null : answeredParts(parts, new Set(outgoing.keys()), answer);
    if (inParts === null) {
      for (const [place, result] of itemResults(plan.settings, sent, answer).entries()) this.results.set((sent[place] as BatchItem).index, isFirst ? result : { ...result, at: null });
      return;
    }
    for (const item of sent) {
      const said = inParts.answers.get(item.index);
      if (said !== undefined) this.results.set(item.index, { answer: said.answer, at: isFirst ? item.index : null, part: said });
      else if (inParts.heldBack.has(item.index)) item.refusal = heldBack;
      else if (inParts.isStopped) item.refusal = behindTheStop;
    }
  }

  /** What is kept of a resource is no longer how it is. */
  #tellWritten(outgoing: Outgoing): void {
    const { call, items } = this.#carried;
    for (const index of outgoing.keys()) {
      const { method, path } = items[index] as BatchItem;
      if (path !== "" && method !== "GET" && method !== "HEAD") call.plan.ports.book.written(call.plan.service, path);
    }
  }
}

const ofTheChangeset: Refusal = { code: "batch-refused", detail: "Another part of its changeset was refused or answered already, so nothing of the changeset was sent." };
const heldBack: Refusal = { code: "batch-refused", detail: "The service refused another part of its changeset, and carried out nothing of it." };
const behindTheStop: Refusal = { code: "batch-refused", detail: "The service stopped at a part before it that failed." };

/** A changeset of which a part stays behind stays behind. */
function withoutIncomplete(outgoing: Outgoing, items: readonly BatchItem[]): Outgoing {
  const broken = new Set(items.filter(({ changeset, index }) => changeset !== null && !outgoing.has(index)).map(({ changeset }) => changeset));
  return broken.size === 0 ? outgoing : new Map([...outgoing].filter(([index]) => !broken.has((items[index] as BatchItem).changeset)));
}

function forAll(outgoing: Outgoing, sent: SentItem): ReadonlyMap<number, SentItem> {
  return new Map([...outgoing.keys()].map((index) => [index, sent]));
}
