/**
 * Hot path (benchmarks: http, streaming). The transport over undici's dispatch. It hides undici from everybody else:
 * pools per origin, one `Dispatch` per request, and undici's errors turned into the few kinds that matter to a caller.
 */
import { buildConnector } from "undici";
import { ConnectionPool } from "./connection-pool.ts";
import { Deadlines } from "./deadlines.ts";
import { Dispatch } from "./dispatch.ts";
import type { IncomingAnswer, OutgoingRequest, Sending, Transport } from "./transport.ts";

export interface TransportOptions {
  maxConnectionsPerOrigin?: number;
  maxOrigins?: number;
  keepAliveMs?: number;
  /** Certificate authorities to believe besides the system's, as PEM. */
  certificateAuthorities?: string;
}

const defaults = { maxConnectionsPerOrigin: 1024, maxOrigins: 2048, keepAliveMs: 4000 };

export class UndiciTransport implements Transport {
  #options: TransportOptions & typeof defaults;
  #pools = new Map<string, ConnectionPool>();
  #connectors = new Map<number, buildConnector.connector>();
  #deadlines = new Deadlines();

  constructor(options: TransportOptions = {}) {
    this.#options = { ...defaults, ...options };
  }

  send(request: OutgoingRequest, answer: IncomingAnswer): Sending {
    const pool = this.#pool(request.origin, request.timeouts.connectMs);
    const dispatch = new Dispatch(request, answer, pool, this.#deadlines);
    const connection = pool.take(request.freshConnection === true);
    if (connection) dispatch.startOn(connection);
    else dispatch.startLater(pool);
    return dispatch;
  }

  async close(): Promise<void> {
    this.#deadlines.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    this.#pools.clear();
  }

  #pool(origin: string, connectMs: number): ConnectionPool {
    let pool = this.#pools.get(origin);
    if (!pool) {
      if (this.#pools.size >= this.#options.maxOrigins) this.#closeLeastRecentlyUsed();
      pool = new ConnectionPool({ origin, connector: this.#connector(connectMs), maxConnections: this.#options.maxConnectionsPerOrigin, keepAliveMs: this.#options.keepAliveMs });
      this.#pools.set(origin, pool);
    }
    pool.lastUsedMs = performance.now();
    return pool;
  }

  /** Services with thousands of origins keep those that are called; the bound holds only for what is not in use. */
  #closeLeastRecentlyUsed(): void {
    let oldest: [string, ConnectionPool] | null = null;
    for (const entry of this.#pools) {
      if (entry[1].isUnused && (oldest === null || entry[1].lastUsedMs < oldest[1].lastUsedMs)) oldest = entry;
    }
    if (!oldest) return;
    this.#pools.delete(oldest[0]);
    void oldest[1].close();
  }

  /** One for each time limit, because it also keeps the TLS sessions. Deadlines ends a connection attempt that is too slow. */
  #connector(connectMs: number): buildConnector.connector {
    let connector = this.#connectors.get(connectMs);
    if (!connector) {
      const { certificateAuthorities } = this.#options;
      connector = buildConnector({ timeout: connectMs, allowH2: false, ...(certificateAuthorities ? { ca: certificateAuthorities } : {}) });
      this.#connectors.set(connectMs, connector);
    }
    return connector;
  }
}
