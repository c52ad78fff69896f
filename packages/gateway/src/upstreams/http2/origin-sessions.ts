/** The sessions to one origin: streams go to the first that has room, and where none has a further one is opened, up to a number. */
import { connect, type ClientHttp2Session } from "node:http2";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ClientIdentity } from "../../certificates/index.ts";
import { sessionMemoryMegabytes, sessionWindowBytes, streamWindowBytes } from "../../exchange/http2-limits.ts";
import { parseOrigin, type Origin } from "../lean/open-socket.ts";
import type { StreamCall } from "./stream-call.ts";

export interface SessionOptions {
  origin: string;
  identity: ClientIdentity | null;
  sessionsPerOrigin: number;
  streamsPerOrigin: number;
  keepAliveMs: number;
  /** The last session is gone. */
  emptied(): void;
}

interface OpenSession {
  session: ClientHttp2Session;
  connected: boolean;
  streams: number;
  /** Streams that it has carried. */
  carried: number;
  /** It takes no more. */
  ending: boolean;
}

/** Until the other side has said how many it takes. */
const streamsAtFirst = 100;

export class OriginSessions {
  readonly #options: SessionOptions;
  readonly #origin: Origin;
  #open: OpenSession[] = [];
  #streams = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#origin = parseOrigin(options.origin);
  }

  start(call: StreamCall, fresh: boolean): void {
    const { streamsPerOrigin } = this.#options;
    if (this.#streams >= streamsPerOrigin) return call.failUnsent("connect-failure", `more than ${streamsPerOrigin} calls are under way to this upstream`);
    let chosen: OpenSession;
    try {
      chosen = this.#choose(fresh);
    } catch (error) {
      return call.failUnsent("connect-failure", error instanceof Error ? error.message : String(error));
    }
    chosen.streams++;
    chosen.carried++;
    this.#streams++;
    const about = { isConnected: () => chosen.connected, reused: chosen.carried > 1, over: () => this.#left(chosen) };
    call.begin(chosen.session, about);
  }

  /** Streams under way end as they may. */
  close(): void {
    for (const { session } of this.#open) session.close();
  }

  #left(chosen: OpenSession): void {
    chosen.streams--;
    this.#streams--;
  }

  #choose(fresh: boolean): OpenSession {
    const open = fresh ? [] : this.#open.filter(({ ending }) => !ending);
    const withRoom = open.find((one) => one.streams < (one.connected ? (one.session.remoteSettings.maxConcurrentStreams ?? streamsAtFirst) : streamsAtFirst));
    if (withRoom !== undefined) return withRoom;
    const leastUsed = open.sort((one, other) => one.streams - other.streams)[0];
    // node:http2 has the stream wait until there is room.
    if (leastUsed !== undefined && this.#open.length >= this.#options.sessionsPerOrigin) return leastUsed;
    return this.#connect();
  }

  #connect(): OpenSession {
    const session = connect(this.#options.origin, {
      createConnection: () => this.#socket(),
      maxSessionMemory: sessionMemoryMegabytes,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    const opened: OpenSession = { session, connected: false, streams: 0, carried: 0, ending: false };
    this.#open.push(opened);
    session.once("connect", () => {
      opened.connected = true;
      session.setLocalWindowSize(sessionWindowBytes);
    });
    session.once("goaway", () => (opened.ending = true));
    // Each stream is told by its own 'close'.
    session.on("error", () => (opened.ending = true));
    session.once("close", () => this.#closed(opened));
    session.setTimeout(this.#options.keepAliveMs, () => {
      if (opened.streams > 0) return;
      opened.ending = true;
      session.close();
    });
    return opened;
  }

  #closed(opened: OpenSession): void {
    opened.ending = true;
    this.#open = this.#open.filter((other) => other !== opened);
    if (this.#open.length === 0) this.#options.emptied();
  }

  #socket(): Socket {
    const { host, port, secure } = this.#origin;
    if (!secure) return connectTcp({ host, port, noDelay: true });
    const { identity } = this.#options;
    if (identity !== null && identity.context === null) throw new Error("the certificates for this upstream cannot be used");
    const name = identity?.serverName ?? (isIP(host) === 0 ? host : undefined);
    const socket: TLSSocket = connectTls({ host, port, ALPNProtocols: ["h2"], ...(name === undefined ? {} : { servername: name }), ...(identity?.context ? { secureContext: identity.context } : {}) });
    socket.once("secureConnect", () => {
      if (socket.alpnProtocol !== "h2") socket.destroy(new Error("the upstream does not speak HTTP/2"));
    });
    return socket.setNoDelay(true);
  }
}
