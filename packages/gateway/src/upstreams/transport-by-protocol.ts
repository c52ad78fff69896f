/** The transport that everybody gets: HTTP/1.1 unless a request asks for HTTP/2. */
import type { IncomingAnswer, OutgoingRequest, Sending, Transport } from "./transport.ts";

export class TransportByProtocol implements Transport {
  readonly #http1: Transport;
  readonly #http2: Transport;

  constructor(http1: Transport, http2: Transport) {
    this.#http1 = http1;
    this.#http2 = http2;
  }

  send(request: OutgoingRequest, answer: IncomingAnswer): Sending {
    return (request.protocol === "http2" ? this.#http2 : this.#http1).send(request, answer);
  }

  async close(): Promise<void> {
    await Promise.all([this.#http1.close(), this.#http2.close()]);
  }
}
