// Hot path: every chunk of every answer that may be kept.
/** Passes an answer on and keeps a copy, which counts only if the answer was a good one and complete. */
import type { AnswerSink } from "../../exchange/answer.ts";

interface Copy {
  rawHeaders: readonly string[];
  chunks: readonly Buffer[];
  bytes: number;
}

export class KeepingSink implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #maxBytes: number;
  readonly #complete: (copy: Copy) => void;
  #rawHeaders: readonly string[] | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(sink: AnswerSink, parts: { maxBytes: number; complete: (copy: Copy) => void }) {
    this.#sink = sink;
    this.#maxBytes = parts.maxBytes;
    this.#complete = parts.complete;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status === 200) this.#rawHeaders = rawHeaders;
    this.#sink.head(status, status < 200 ? rawHeaders : [...rawHeaders, "Parley-Cache", "miss"], statusText);
  }

  data(chunk: Buffer): boolean {
    if (this.#rawHeaders) {
      this.#bytes += chunk.length;
      if (this.#bytes <= this.#maxBytes) this.#chunks.push(chunk);
      else this.#drop();
    }
    return this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    if (this.#rawHeaders) this.#complete({ rawHeaders: this.#rawHeaders, chunks: this.#chunks, bytes: this.#bytes });
    this.#sink.end(rawTrailers);
  }

  fault(refusal: Parameters<AnswerSink["fault"]>[0]): void {
    this.#drop();
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }

  #drop(): void {
    this.#rawHeaders = null;
    this.#chunks = [];
  }
}
