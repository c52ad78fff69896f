/**
 * Hot path (benchmarks: http). The body of a request on a node:http connection: counted, cut off past the limit, and
 * read only when somebody wants it, so that `Expect: 100-continue` is answered only then. Giving up the body never
 * takes the connection down: the answer still has to go out on it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../exchange/answer.ts";
import type { RequestBody } from "../exchange/exchange.ts";

interface Reader {
  chunk(chunk: Buffer): void;
  end(): void;
  failed(refusal: Refusal): void;
}

export class HttpRequestBody implements RequestBody {
  readonly length: number | null;
  bytes = 0;
  failure: Refusal | null = null;
  #request: IncomingMessage;
  #response: ServerResponse;
  #limitBytes: number;
  #reader: Reader | null = null;
  #stream: Readable | null = null;
  #reading = false;
  #ended = false;

  constructor(request: IncomingMessage, response: ServerResponse, limitBytes: number) {
    this.#request = request;
    this.#response = response;
    this.#limitBytes = limitBytes;
    const { headers } = request;
    this.length = headers["transfer-encoding"] !== undefined ? null : headers["content-length"] === undefined ? 0 : Number(headers["content-length"]);
  }

  /** Somebody waits for bytes of the client now. */
  get isAwaited(): boolean {
    return this.#reader !== null && !this.#ended && this.failure === null && !this.#request.isPaused();
  }

  /** A new one after one that was given up before anything was read from it, so that another try can send it. */
  get stream(): Readable | null {
    if (this.length === 0) return null;
    if (this.#stream === null || (this.#stream.destroyed && !this.#reading)) this.#stream = this.#newStream();
    return this.#stream;
  }

  whole(): Promise<Buffer> {
    if (this.length === 0) return Promise.resolve(Buffer.alloc(0));
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

  /** No more of it will come, or none that makes sense. */
  breakOff(refusal: Refusal): void {
    this.#fail(refusal);
  }

  #newStream(): Readable {
    const stream: Readable = new Readable({
      read: () => {
        if (this.#reading) this.#request.resume();
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
        if (!stream.push(chunk)) this.#request.pause();
      },
      end: () => stream.push(null),
      failed: (refusal) => stream.destroy(new RefusalError(refusal)),
    };
  }

  #read(reader: Reader): void {
    this.#reader = reader;
    if (this.failure) return reader.failed(this.failure);
    this.#reading = true;
    const request = this.#request;
    if (request.headers.expect !== undefined) this.#response.writeContinue();
    request.on("data", (chunk: Buffer) => this.#take(chunk));
    request.on("end", () => {
      this.#ended = true;
      this.#reader?.end();
    });
    // Reported through 'close' of the answer, which knows that the client is gone.
    request.on("error", () => {});
  }

  #take(chunk: Buffer): void {
    if (this.failure) return;
    this.bytes += chunk.length;
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
