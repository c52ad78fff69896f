/**
 * Where the items of a batch meet: each goes its own way until it is about to be sent, and then waits for the others, so that
 * one request carries them all. What comes back later on its own (a write that is tried again) is sent as a batch of one.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { ItemAnswer } from "./item-call.ts";

/** An item as it is to be written; null where it passes as it came. */
export type Outgoing = ReadonlyMap<number, Exchange | null>;

export type SentItem = { answer: ItemAnswer } | { refusal: Refusal };

/** Gives one answer for each item that it is given. */
export type SendBatch = (outgoing: Outgoing, isFirst: boolean) => Promise<ReadonlyMap<number, SentItem>>;

export class SharedSending {
  readonly #send: SendBatch;
  readonly #expected: Set<number>;
  readonly #passing: readonly number[];
  readonly #arrived = new Map<number, { exchange: Exchange; resolve: (sent: SentItem) => void }>();
  readonly #whole: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void };
  #hasLeft = false;

  /** `passing` are sent with the others, whatever becomes of those. */
  constructor(send: SendBatch, items: { guarded: readonly number[]; passing: readonly number[] }) {
    this.#send = send;
    this.#expected = new Set(items.guarded);
    this.#passing = items.passing;
    this.#whole = Promise.withResolvers<void>();
    if (this.#expected.size === 0) this.#sendAll();
  }

  arrive(index: number, exchange: Exchange): Promise<SentItem> {
    if (this.#hasLeft) return this.#sendAlone(index, exchange);
    return new Promise((resolve) => {
      this.#arrived.set(index, { exchange, resolve });
      this.#expectLess(index);
    });
  }

  /** It has ended, on its way or before it. */
  leave(index: number): void {
    this.#expectLess(index);
  }

  /** All items that could be sent have been, and are answered. */
  over(): Promise<void> {
    return this.#whole.promise;
  }

  #expectLess(index: number): void {
    if (this.#expected.delete(index) && this.#expected.size === 0) this.#sendAll();
  }

  #sendAll(): void {
    this.#hasLeft = true;
    const all = [...this.#passing.map((index) => [index, null] as const), ...[...this.#arrived].map(([index, { exchange }]) => [index, exchange] as const)];
    if (all.length === 0) return this.#whole.resolve();
    const inOrder = new Map(all.toSorted(([left], [right]) => left - right));
    this.#send(inOrder, true).then(
      (answers) => this.#answerAll((index) => answers.get(index) ?? unanswered),
      (error: unknown) => {
        this.#whole.reject(error);
        this.#answerAll(() => unanswered);
      },
    );
  }

  #answerAll(of: (index: number) => SentItem): void {
    for (const [index, { resolve }] of this.#arrived) resolve(of(index));
    this.#whole.resolve();
  }

  async #sendAlone(index: number, exchange: Exchange): Promise<SentItem> {
    return (await this.#send(new Map([[index, exchange]]), false)).get(index) ?? unanswered;
  }
}

/** Sent, and nothing was said of it. */
const unanswered: SentItem = { refusal: { code: "outcome-unknown", detail: "The upstream's answer says nothing of this item." } };
