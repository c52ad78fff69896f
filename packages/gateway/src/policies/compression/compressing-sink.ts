/** Hot path of services with compression. A sink that codes the body on its way, piece by piece, at the pace of whoever reads it. */
import { constants, createBrotliCompress, createGzip, createZstdCompress, type BrotliCompress, type Gzip, type ZstdCompress } from "node:zlib";
import type { Coding } from "@parley/contract/config/compression";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { CodedHead } from "./coded-head.ts";

export class CompressingSink implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #codedHead: CodedHead;
  readonly #isHead: boolean;
  #coder: Gzip | BrotliCompress | ZstdCompress | null = null;
  #trailers: string[] | undefined;
  #onDrain: (() => void) | null = null;
  #over = false;
  /** A head whose body may turn out too short to be coded: kept for the rest of the turn in which it came. */
  #held: { status: number; rawHeaders: string[]; statusText: string | undefined; chunks: Buffer[]; bytes: number } | null = null;

  /** `isHead`: a HEAD says what GET would, and has no body: none to tell its length by, and none to code. */
  constructor(sink: AnswerSink, codedHead: CodedHead, { isHead }: { isHead: boolean }) {
    this.#isHead = isHead;
    this.#sink = sink;
    this.#codedHead = codedHead;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (!this.#isHead && status >= 200 && this.#codedHead.isOfUnknownLength(status, rawHeaders)) {
      this.#held = { status, rawHeaders, statusText, chunks: [], bytes: 0 };
      setImmediate(() => this.#letGo());
      return;
    }
    this.#head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    if (this.#held !== null) {
      this.#held.chunks.push(chunk);
      this.#held.bytes += chunk.length;
      return this.#codedHead.isShort(this.#held.bytes) || this.#letGo();
    }
    if (this.#coder === null) return this.#sink.data(chunk);
    return this.#over || this.#coder.write(chunk);
  }

  end(rawTrailers?: string[]): void {
    const held = this.#held;
    if (held !== null) {
      this.#held = null;
      this.#codedHead.leaveAlone(held.rawHeaders);
      this.#sink.head(held.status, held.rawHeaders, held.statusText);
      for (const chunk of held.chunks) this.#sink.data(chunk);
    }
    if (this.#coder === null) return this.#sink.end(rawTrailers);
    this.#trailers = rawTrailers;
    if (!this.#over) this.#coder.end();
  }

  fault(refusal: Refusal): void {
    this.stop();
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
    if (this.#coder === null) this.#sink.onDrain(callback);
  }

  /** Nobody reads any more. */
  stop(): void {
    this.#over = true;
    this.#held = null;
    this.#coder?.destroy();
  }

  #head(status: number, rawHeaders: string[], statusText?: string): void {
    const coding = status < 200 ? null : this.#codedHead.change(status, rawHeaders);
    if (coding !== null && !this.#isHead) this.#begin(coding);
    this.#sink.head(status, rawHeaders, statusText);
  }

  /** Long enough, or not all there yet: whoever reads a stream waits no longer than this turn. */
  #letGo(): boolean {
    const held = this.#held;
    if (held === null) return true;
    this.#held = null;
    this.#head(held.status, held.rawHeaders, held.statusText);
    return held.chunks.reduce((more, chunk) => this.data(chunk) && more, true);
  }

  #begin(coding: Coding): void {
    const coder = newCoder(coding);
    this.#coder = coder;
    coder.on("data", (piece: Buffer) => {
      if (!this.#over && !this.#sink.data(piece)) coder.pause();
    });
    coder.on("end", () => {
      if (!this.#over) this.#sink.end(this.#trailers);
    });
    coder.on("drain", () => this.#onDrain?.());
    coder.on("error", (error) => {
      if (!this.#over) this.#sink.fault({ code: "internal-error", detail: `The answer could not be compressed: ${error.message}.` });
    });
    this.#sink.onDrain(() => coder.resume());
  }
}

/** Fast rather than small: it is done anew for every answer. Each piece goes out at once, so that a stream stays one. */
function newCoder(coding: Coding): Gzip | BrotliCompress | ZstdCompress {
  switch (coding) {
    case "gzip":
      return createGzip({ level: 5, flush: constants.Z_SYNC_FLUSH });
    case "br":
      return createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH, params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 19 } });
    case "zstd":
      return createZstdCompress({ flush: constants.ZSTD_e_flush, params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: 19 } });
  }
}
