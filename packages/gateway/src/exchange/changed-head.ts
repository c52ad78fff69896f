/** Hot path. A sink whose answer's fields are changed on their way; everything else passes. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "./answer.ts";

export class ChangedHead implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #change: (rawHeaders: string[]) => void;

  /** `change` works in place, on the final head's fields. */
  constructor(sink: AnswerSink, change: (rawHeaders: string[]) => void) {
    this.#sink = sink;
    this.#change = change;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status >= 200) this.#change(rawHeaders);
    this.#sink.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    return this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    this.#sink.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }
}

/** In place: drops the fields whose name in lower case is none of ours any more. */
export function dropFields(rawHeaders: string[], isGone: (lowerName: string) => boolean): void {
  let kept = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isGone((rawHeaders[index] as string).toLowerCase())) continue;
    rawHeaders[kept++] = rawHeaders[index] as string;
    rawHeaders[kept++] = rawHeaders[index + 1] as string;
  }
  rawHeaders.length = kept;
}
