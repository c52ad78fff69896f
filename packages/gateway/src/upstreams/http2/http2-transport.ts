/**
 * Hot path of HTTP/2 upstreams and gRPC. The transport over HTTP/2 (RFC 9113): in the clear with prior knowledge, over TLS by
 * ALPN. This folder hides sessions and streams; it may import the transport's contract and the shared deadlines.
 */
import { Deadlines } from "../../exchange/deadlines.ts";
import type { IncomingAnswer, OutgoingRequest, Sending, Transport } from "../transport.ts";
import { OriginSessions } from "./origin-sessions.ts";
import { StreamCall } from "./stream-call.ts";

export interface Http2TransportOptions {
  sessionsPerOrigin?: number;
  streamsPerOrigin?: number;
  /** A session that carries nothing for so long is closed. */
  keepAliveMs?: number;
}

const defaults = { sessionsPerOrigin: 8, streamsPerOrigin: 8192, keepAliveMs: 30_000 };

export class Http2Transport implements Transport {
  readonly #options: typeof defaults;
  readonly #deadlines = new Deadlines();
  /** Gone with their last session, so that no more are kept than are in use. */
  readonly #origins = new Map<string, OriginSessions>();

  constructor(options: Http2TransportOptions = {}) {
    this.#options = { ...defaults, ...options };
  }

  send(request: OutgoingRequest, answer: IncomingAnswer): Sending {
    const call = new StreamCall(request, answer, this.#deadlines);
    // Later, because nothing of an answer is called before `send` returns.
    queueMicrotask(() => {
      if (!call.over) this.#sessions(request).start(call, request.freshConnection === true);
    });
    return call;
  }

  close(): Promise<void> {
    this.#deadlines.close();
    for (const sessions of this.#origins.values()) sessions.close();
    return Promise.resolve();
  }

  #sessions(request: OutgoingRequest): OriginSessions {
    const identity = request.identity ?? null;
    const name = identity === null ? request.origin : `${request.origin} ${identity.id}`;
    let sessions = this.#origins.get(name);
    if (!sessions) {
      sessions = new OriginSessions({ ...this.#options, origin: request.origin, identity, emptied: () => this.#origins.delete(name) });
      this.#origins.set(name, sessions);
    }
    return sessions;
  }
}
