/**
 * Hot path (benchmarks: http). The body of a request: counted, cut off past the limit, and
 * read only when somebody wants it, so that `Expect: 100-continue` is answered only then. Giving up the body never
 * takes the connection down: the answer still has to go out on it.
 */
import { Readable } from "node:stream";
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../exchange/answer.ts";
import type { RequestBody } from "../exchange/exchange.ts";
import type { BodyCapture } from "../telemetry/bodies/body-capture.ts";
import type { BodyReader, BodySource } from "./body-source.ts";

interface Reader {
  chunk(chunk: Buffer): void;
  end(): void;
  failed(refusal: Refusal): void;
}

/** Smaller ones come in few pieces. */
const largeBytes = 1024 * 1024;

export class HttpRequestBody implements RequestBody, BodyReader {
  readonly length: number | null;
  bytes = 0;
  failure: Refusal | null = null;
  /** Sees what arrives, where it is to be kept. */
  capture: Pick<BodyCapture, "request"> | null = null;
  #source: BodySource;
  #limitBytes: number;
  #reader: Reader | null = null;
  #stream: Readable | null = null;
  #reading = false;
  #ended = false;
  /** At the last look, from which on it was waited for without a break if it still is. */
  #bytesBefore = 0;
  #isAwaitedSince = false;

  constructor(source: BodySource, { length, limitBytes }: { length: number | null; limitBytes: number }) {
    this.#source = source;
    this.#limitBytes = limitBytes;
    this.length = length;
  }

  /** Somebody waits for bytes of the client now. */
  get isAwaited(): boolean {
    return this.#reader !== null && !this.#ended && this.failure === null && !this.#source.isPaused;
  }

  /** How many bytes came since this was last asked; null where they were not waited for all the time. */
  bytesSinceLook(): number | null {
    const { isAwaited } = this;
    const bytes = isAwaited && this.#isAwaitedSince ? this.bytes - this.#bytesBefore : null;
    this.#bytesBefore = this.bytes;
    this.#isAwaitedSince = isAwaited;
    return bytes;
  }

  /** A new one after one that was given up before anything was read from it, so that another try can send it. */
  get stream(): Readable | null {
    if (this.length === 0) return null;
    if (this.#stream === null || (this.#stream.destroyed && !this.#reading)) this.#stream = this.#newStream();
    return this.#stream;
  }

  whole(): Promise<Buffer> {
    if (this.length === 0) return Promise.resolve(Buffer.alloc(0));
    if (this.length !== null && this.length >= largeBytes && this.length <= this.#limitBytes) return this.#wholeOf(this.length);
    return new Promise((resolve, reject) => {
      let first: Buffer | null = null;
      let more: Buffer[] | null = null;
      this.#read({
        chunk: (chunk) => {
          if (first === null) first = chunk;
          else (more ??= [first]).push(chunk);
        },
        end: () => resolve(more ? Buffer.concat(more) : (first ?? Buffer.alloc(0))),
        failed: (refusal) => reject(new RefusalError(refusal)),
      });
    });
  }

  /** Into its place at once: pieces and the whole side by side would be twice as much. Pages that nothing comes for take no memory. */
  #wholeOf(length: number): Promise<Buffer> {
    const whole = Buffer.allocUnsafeSlow(length);
    let at = 0;
    return new Promise((resolve, reject) => {
      this.#read({
        // A stream of HTTP/2 may send more than it said, and is cut off for it elsewhere.
        chunk: (chunk) => void (at += chunk.copy(whole, Math.min(at, length))),
        end: () => resolve(at === length ? whole : whole.subarray(0, at)),
        failed: (refusal) => reject(new RefusalError(refusal)),
      });
    });
  }

  limitTo(bytes: number): void {
    this.#limitBytes = Math.min(this.#limitBytes, bytes);
  }

  /** No more of it will come, or none that makes sense. */
  breakOff(refusal: Refusal): void {
    this.#fail(refusal);
  }

  #newStream(): Readable {
    const stream: Readable = new Readable({
      read: () => {
        if (this.#reading) this.#source.resume();
        else this.#read(this.#streamReader(stream));
      },
      destroy: (error, callback) => {
        if (this.#stream === stream && this.#reading) this.#reader = null;
        callback(error);
      },
    });
    return stream;
  }

  #streamReader(stream: Readable): Reader {
    return {
      chunk: (chunk) => {
        if (stream.push(chunk)) return;
        this.#isAwaitedSince = false;
        this.#source.pause();
      },
      end: () => stream.push(null),
      failed: (refusal) => stream.destroy(new RefusalError(refusal)),
    };
  }

  #read(reader: Reader): void {
    this.#reader = reader;
    if (this.failure) return reader.failed(this.failure);
    this.#reading = true;
    this.#source.read(this);
  }

  /** Part of `BodyReader`. */
  ended(): void {
    this.#ended = true;
    this.#reader?.end();
  }

  /** Part of `BodyReader`. */
  take(chunk: Buffer): void {
    if (this.failure) return;
    this.bytes += chunk.length;
    this.capture?.request(chunk);
    if (this.bytes > this.#limitBytes) this.#fail(tooLarge(this.#limitBytes));
    else this.#reader?.chunk(chunk);
  }

  #fail(refusal: Refusal): void {
    if (this.failure || this.#ended) return;
    this.failure = refusal;
    this.#reader?.failed(refusal);
  }
}

export function tooLarge(limitBytes: number): Refusal {
  return { code: "body-too-large", detail: `The request body is larger than ${limitBytes} bytes.` };
}
