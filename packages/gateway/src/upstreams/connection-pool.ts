/**
 * Hot path (benchmarks: http). The connections to one origin, one call on each at a time, the one used last taken first:
 * those in excess then grow idle and are closed. Each is an undici `Client` of its own, because whether a connection has
 * carried an earlier call decides what may be repeated, and undici's own pool does not tell.
 */
import { Client, type buildConnector } from "undici";

export interface PoolOptions {
  origin: string;
  connector: buildConnector.connector;
  maxConnections: number;
  /** Idle connections are closed after this time, or earlier where the upstream's Keep-Alive says so. */
  keepAliveMs: number;
}

/** One connection, or one that is to be made. */
export class Connection {
  readonly client: Client;
  /** How many calls this connection has begun to carry since it was made. */
  calls = 0;
  idle = false;
  connected = false;

  constructor(client: Client) {
    this.client = client;
  }
}

/** 64 KiB of header fields is what the usual servers send at most. */
const maxAnswerHeaderBytes = 64 * 1024;

export class ConnectionPool {
  lastUsedMs = 0;
  #options: PoolOptions;
  #idle: Connection[] = [];
  #count = 0;
  #closed = false;
  #waiting: ((connection: Connection) => void)[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isUnused(): boolean {
    return this.#count === this.#idle.length && this.#waiting.length === 0;
  }

  /** Null when all connections are in use and no more may be made; `wait` then queues. */
  take(fresh: boolean): Connection | null {
    if (!fresh) {
      const idle = this.#idle.pop();
      if (idle) {
        idle.idle = false;
        return idle;
      }
    }
    if (this.#count < this.#options.maxConnections) return this.#open();
    const given = fresh ? this.#idle.shift() : undefined;
    if (given === undefined) return null;
    this.#drop(given);
    return this.#open();
  }

  /** Calls back when a connection is free. The returned function leaves the queue. */
  wait(callback: (connection: Connection) => void): () => void {
    this.#waiting.push(callback);
    return () => {
      const place = this.#waiting.indexOf(callback);
      if (place !== -1) this.#waiting.splice(place, 1);
    };
  }

  /** The call on it has ended; after a failure nothing may follow it on the same connection. */
  give(connection: Connection, reusable: boolean): void {
    if (!reusable || !connection.connected || this.#closed) this.#drop(connection);
    else {
      connection.idle = true;
      this.#idle.push(connection);
    }
    this.#serveWaiting();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((connection) => connection.client.destroy()));
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const connection = this.take(false);
      if (!connection) return;
      (this.#waiting.shift() as (connection: Connection) => void)(connection);
    }
  }

  #open(): Connection {
    this.#count++;
    const { origin, connector, keepAliveMs } = this.#options;
    // Times are kept by Deadlines: undici's own would arm timers for every call.
    const client = new Client(origin, { connect: connector, pipelining: 1, bodyTimeout: 0, headersTimeout: 0, keepAliveTimeout: keepAliveMs, maxHeaderSize: maxAnswerHeaderBytes, allowH2: false });
    const connection = new Connection(client);
    client.on("connect", () => {
      connection.connected = true;
      connection.calls = 0;
    });
    client.on("disconnect", () => {
      connection.connected = false;
      if (!connection.idle) return;
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      this.#drop(connection);
    });
    return connection;
  }

  #drop(connection: Connection): void {
    connection.idle = false;
    this.#count--;
    connection.client.destroy().catch(() => {});
  }
}
