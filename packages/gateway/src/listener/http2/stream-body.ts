/** The body that comes on a stream. */
import type { ServerHttp2Stream } from "node:http2";
import type { BodyReader, BodySource } from "../body-source.ts";
import type { RequestHead } from "../http-exchange.ts";
import { HttpRequestBody } from "../request-body.ts";

class StreamBody implements BodySource {
  readonly #stream: ServerHttp2Stream;
  readonly #asks: boolean;

  constructor(stream: ServerHttp2Stream, asks: boolean) {
    this.#stream = stream;
    this.#asks = asks;
  }

  get isPaused(): boolean {
    return this.#stream.isPaused();
  }

  read(reader: BodyReader): void {
    const stream = this.#stream;
    if (this.#asks) stream.additionalHeaders({ ":status": 100 });
    stream.on("data", (chunk: Buffer) => reader.take(chunk));
    stream.on("end", () => {
      // node:http2 ends what was reset as if it were whole.
      if (!stream.aborted && !stream.closed) reader.ended();
    });
    // Reported through 'close' of the answer, which knows that the client is gone.
    stream.on("error", () => {});
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}

/** Without END_STREAM at its head a stream has a body, of whatever length. */
export function bodyOfStream(stream: ServerHttp2Stream, { headers }: Pick<RequestHead, "headers">, limitBytes: number): HttpRequestBody {
  const given = headers["content-length"];
  const length = stream.endAfterHeaders ? 0 : given === undefined ? null : Number(given);
  return new HttpRequestBody(new StreamBody(stream, headers.expect !== undefined), { length, limitBytes });
}
