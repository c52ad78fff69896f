/** Hot path (benchmark: observe). Sees an answer pass by: every byte goes on at once and unchanged, and what was asked for is kept until the end. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../exchange/answer.ts";

export interface TapEvents {
  /** How many bytes of the body are wanted; 0 for none. */
  wanted(status: number, rawHeaders: readonly string[]): number;
  /** The answer has passed in full. The body, in the pieces in which it came, is null where it was not wanted, or longer than that. */
  passed(status: number, rawHeaders: readonly string[], body: readonly Buffer[] | null): void;
}

const nothing: readonly Buffer[] = [];

export class AnswerTap implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #events: TapEvents;
  #status = 0;
  #rawHeaders: readonly string[] = [];
  #wantedBytes = 0;
  #pieces: Buffer[] | null = null;

  constructor(sink: AnswerSink, events: TapEvents) {
    this.#sink = sink;
    this.#events = events;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status >= 200) {
      this.#status = status;
      // The sink adds its own fields to this very array, which says nothing to those who look here.
      this.#rawHeaders = rawHeaders;
      this.#wantedBytes = this.#events.wanted(status, rawHeaders);
    }
    this.#sink.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    if (this.#wantedBytes > 0) this.#keep(chunk);
    return this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    this.#sink.end(rawTrailers);
    this.#events.passed(this.#status, this.#rawHeaders, this.#wantedBytes === 0 ? null : (this.#pieces ?? nothing));
  }

  fault(refusal: Refusal): void {
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }

  #keep(chunk: Buffer): void {
    this.#wantedBytes -= chunk.length;
    if (this.#wantedBytes <= 0) {
      this.#wantedBytes = 0;
      this.#pieces = null;
    } else if (this.#pieces === null) this.#pieces = [chunk];
    else this.#pieces.push(chunk);
  }
}
