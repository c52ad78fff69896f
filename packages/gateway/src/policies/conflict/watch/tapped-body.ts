/**
 * Hot path (benchmark: observe). A request's body as it passes to the upstream, seen whole by the observer as well. A streamed
 * one is read no earlier and no faster than the upstream takes it; past the cap it goes on unseen.
 */
import { Readable } from "node:stream";
import type { RequestBody } from "../../../exchange/exchange.ts";

export function tappedBody(body: RequestBody, maxBytes: number, seen: (bytes: Buffer) => void): RequestBody {
  let stream: TappedStream | null = null;
  return {
    get stream() {
      // As below: one that was given up before anything was read is followed by a new one, for another try.
      if (stream === null || (stream.destroyed && !stream.hasBegun)) stream = body.stream === null ? null : new TappedStream(body.stream, maxBytes, seen);
      return stream;
    },
    length: body.length,
    get failure() {
      return body.failure;
    },
    whole: async () => {
      const bytes = await body.whole();
      if (bytes.length <= maxBytes) seen(bytes);
      return bytes;
    },
  };
}

class TappedStream extends Readable {
  readonly #source: Readable;
  readonly #maxBytes: number;
  readonly #seen: (bytes: Buffer) => void;
  #chunks: Buffer[] | null = [];
  #bytes = 0;
  hasBegun = false;

  constructor(source: Readable, maxBytes: number, seen: (bytes: Buffer) => void) {
    super();
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.#seen = seen;
  }

  override _read(): void {
    if (this.hasBegun) this.#source.resume();
    else this.#begin();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.destroy();
    callback(error);
  }

  #begin(): void {
    this.hasBegun = true;
    this.#source.on("data", (chunk: Buffer) => {
      this.#keep(chunk);
      if (!this.push(chunk)) this.#source.pause();
    });
    this.#source.on("error", (error) => this.destroy(error));
    this.#source.on("end", () => {
      // Before the end is passed on: the answer cannot come earlier than what it answers.
      if (this.#chunks !== null) this.#seen(Buffer.concat(this.#chunks));
      this.push(null);
    });
  }

  #keep(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#chunks = null;
    else this.#chunks?.push(chunk);
  }
}
