/** The way back: whoever produces an answer pushes it into a sink, and a policy that changes answers wraps the sink. */
import type { Refusal } from "@parley/contract/problems/problem";

/** Receives exactly one answer: `head`, any number of `data`, then `end`; or a `fault` at any point instead of the rest. */
export interface AnswerSink {
  /** `rawHeaders` is name, value, name, value, …, hop-by-hop fields already removed. May be called with 1xx before the final head. */
  head(status: number, rawHeaders: string[], statusText?: string): void;
  /** False asks the producer to pause until `onDrain` calls back. */
  data(chunk: Buffer): boolean;
  end(rawTrailers?: string[]): void;
  /** Before `head` it is answered as a problem; after it the connection is cut, so that it never looks like a clean end. */
  fault(refusal: Refusal): void;
  /** Replaces the callback set before. */
  onDrain(callback: () => void): void;
}

/** Carries a refusal through code that throws; caught in one place. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}
