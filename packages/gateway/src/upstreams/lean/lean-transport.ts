/**
 * Hot path (benchmarks: http, streaming). The transport over sockets alone: HTTP/1.1 over TCP and TLS, strict about
 * RFC 9112, with no more work for a call than its bytes ask for. This folder hides connections, parsing and framing; it
 * may import the transport's contract and the shared deadlines, nothing else of the gateway.
 */
import type { ClientIdentity } from "../../certificates/index.ts";
import { Deadlines } from "../../exchange/deadlines.ts";
import type { IncomingAnswer, OutgoingRequest, Sending, Transport } from "../transport.ts";
import { LeanCall } from "./lean-call.ts";
import { parseOrigin, SocketOpener } from "./open-socket.ts";
import { OriginPool } from "./origin-pool.ts";
import { requestHead } from "./request-head.ts";
import { TurnEnd } from "../../http1/turn-end.ts";

export interface LeanTransportOptions {
  maxConnectionsPerOrigin?: number;
  /** Calls that wait for a connection to one origin; more are refused. */
  maxWaitingPerOrigin?: number;
  maxOrigins?: number;
  keepAliveMs?: number;
  /** How long a call waits for a connection that should be free in a moment before another is opened for it. */
  patienceMs?: number;
  /** Certificate authorities to believe besides those that Node knows, as PEM. */
  certificateAuthorities?: string;
  /** Shared with whoever else writes at the end of a turn. */
  turn?: TurnEnd;
}

const defaults = { maxConnectionsPerOrigin: 8192, maxWaitingPerOrigin: 8192, maxOrigins: 2048, keepAliveMs: 4000, patienceMs: 3 };

export class LeanTransport implements Transport {
  #options: LeanTransportOptions & typeof defaults;
  #pools = new Map<string, OriginPool>();
  #deadlines = new Deadlines();
  #turn: TurnEnd;
  #opener: SocketOpener;

  constructor(options: LeanTransportOptions = {}) {
    this.#options = { ...defaults, ...options };
    this.#turn = options.turn ?? new TurnEnd();
    this.#opener = new SocketOpener(options.certificateAuthorities);
  }

  send(request: OutgoingRequest, answer: IncomingAnswer): Sending {
    const head = requestHead(request);
    const call = new LeanCall(request, typeof head === "string" ? { text: "", length: 0 } : head, answer);
    // Later, because nothing of an answer is called before `send` returns.
    if (typeof head === "string") queueMicrotask(() => call.failUnsent("protocol", head));
    else this.#pool(request.origin, request.identity ?? null).start(call);
    return call;
  }

  close(): Promise<void> {
    this.#deadlines.close();
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
    return Promise.resolve();
  }

  #pool(origin: string, identity: ClientIdentity | null): OriginPool {
    const name = identity === null ? origin : `${origin} ${identity.id}`;
    let pool = this.#pools.get(name);
    if (!pool) {
      if (this.#pools.size >= this.#options.maxOrigins) this.#closeLeastRecentlyUsed();
      pool = new OriginPool({
        origin: parseOrigin(origin),
        opener: this.#opener,
        identity,
        deadlines: this.#deadlines,
        turn: this.#turn,
        maxConnections: this.#options.maxConnectionsPerOrigin,
        maxWaiting: this.#options.maxWaitingPerOrigin,
        keepAliveMs: this.#options.keepAliveMs,
        patienceMs: this.#options.patienceMs,
      });
      this.#pools.set(name, pool);
    }
    pool.lastUsedMs = performance.now();
    return pool;
  }

  /** Services with thousands of origins keep those that are called; the bound holds only for what is not in use. */
  #closeLeastRecentlyUsed(): void {
    let oldest: [string, OriginPool] | null = null;
    for (const entry of this.#pools) {
      if (entry[1].isUnused && (oldest === null || entry[1].lastUsedMs < oldest[1].lastUsedMs)) oldest = entry;
    }
    if (!oldest) return;
    this.#pools.delete(oldest[0]);
    oldest[1].close();
  }
}
