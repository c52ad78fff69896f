/** Hot path of services with a mirror. Passes an answer on as it comes and keeps what is needed to compare it with another. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { ComparedAnswer } from "./compare-answers.ts";

export class TappedAnswer implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #maxBytes: number;
  #head: { status: number; rawHeaders: string[] } | null = null;
  /** Null from when there is more than may be kept. */
  #chunks: Buffer[] | null = [];
  #bytes = 0;
  #complete = false;

  constructor(sink: AnswerSink, maxBytes: number) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  /** Null where the answer did not come to its end. */
  answer(): ComparedAnswer | null {
    if (!this.#complete || this.#head === null) return null;
    return { ...this.#head, body: this.#chunks === null ? null : Buffer.concat(this.#chunks) };
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    // A copy, since whoever stands above changes the fields in place.
    if (status >= 200) this.#head = { status, rawHeaders: [...rawHeaders] };
    this.#sink.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#chunks = null;
    this.#chunks?.push(chunk);
    return this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    this.#complete = true;
    this.#sink.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }
}
