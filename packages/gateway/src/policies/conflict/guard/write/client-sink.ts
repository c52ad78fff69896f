/** The way to a client that may have gone: a write runs to its end all the same, and what it answers then goes nowhere. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../../exchange/answer.ts";
import type { Exchange } from "../../../../exchange/exchange.ts";

export class ClientSink implements AnswerSink {
  readonly #sink: AnswerSink;
  #gone = false;

  constructor(exchange: Exchange, sink: AnswerSink) {
    this.#sink = sink;
    exchange.onClientGone(() => (this.#gone = true));
  }

  get isGone(): boolean {
    return this.#gone;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (!this.#gone) this.#sink.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    return this.#gone || this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    if (!this.#gone) this.#sink.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    if (!this.#gone) this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }
}
