/** A batch's way to the upstream and back: the request that carries its items, and what the answer says of each of them. */
import type { Refusal } from "@parley/contract/problems/problem";
import { bodyOf, derivedExchange, withoutHeaders } from "../../../exchange/derived-exchange.ts";
import { type Answer, type Taken, takeAnswer } from "../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { resultOf } from "../guard/write-result.ts";
import type { BatchItem } from "./batch-item.ts";
import type { BatchKey } from "./batch-key.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { outgoingBody } from "./batch-request.ts";
import { type ItemResult, itemResults } from "./batch-results.ts";
import type { Outgoing, SentItem } from "./shared-sending.ts";

export interface Carried {
  call: GuardedCall;
  plan: BatchPlan;
  /** As the client sent them. */
  bytes: Buffer;
  items: readonly BatchItem[];
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
    const { call, plan, bytes, items, key } = this.#carried;
    const isWhole = outgoing.size === items.length;
    if (isFirst && !isWhole && plan.settings.onRefusal === "refuse") {
      this.isRefused = true;
      return forAll(outgoing, { refusal: { code: "batch-refused", detail: "Another item of the batch was refused, so nothing of it was sent." } });
    }
    const body = await outgoingBody({ bytes, items, settings: plan.settings }, outgoing);
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
    const { plan, items, call } = this.#carried;
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
      const sent = [...outgoing.keys()].map((index) => items[index] as BatchItem);
      for (const [place, result] of itemResults(plan.settings, sent, taken.answer).entries()) this.results.set((sent[place] as BatchItem).index, isFirst ? result : { ...result, at: null });
    }
    this.#tellWritten(outgoing);
    return new Map([...outgoing.keys()].map((index) => [index, { answer: (this.results.get(index) as ItemResult).answer }]));
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

function forAll(outgoing: Outgoing, sent: SentItem): ReadonlyMap<number, SentItem> {
  return new Map([...outgoing.keys()].map((index) => [index, sent]));
}
