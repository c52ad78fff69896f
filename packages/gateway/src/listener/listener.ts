/**
 * The door: a node:http server with the gateway's limits. It turns requests into calls, answers what is no valid
 * request, closes what idles, and drains. Everything about routes and policies is behind `CallDestinations`; it may
 * import the exchange, the pipeline's contract and the matcher's reading of paths.
 */
import { createServer, ServerResponse, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Duplex } from "node:stream";
import type { Peer, Upgrade } from "../exchange/exchange.ts";
import { PlacedList } from "../exchange/placed-list.ts";
import { originForm } from "../routing/path-segments.ts";
import { Call } from "./call.ts";
import { answerFault, refusalOfFault } from "./connection-fault.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { ListenerPorts } from "./listener-ports.ts";
import { answerOwnPage, isOwnPath } from "./own-pages.ts";
import { HttpRequestBody } from "./request-body.ts";
import { parseTraceParent } from "./trace-parent.ts";
import { acceptUpgrade } from "./accept-upgrade.ts";

interface Connection {
  peer: Peer;
  /** The last of the calls on it that have begun, while any is in flight. */
  call: Call | null;
  inFlight: number;
}

const timeoutCheckMs = 500;
const cutGraceMs = 1000;
const goneCodes: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"]);

export class Listener {
  #ports: ListenerPorts;
  #server: Server;
  #connections = new WeakMap<Duplex, Connection>();
  #inFlight = new PlacedList<Call>();
  #draining = false;
  #idle: (() => void) | null = null;

  constructor(ports: Omit<ListenerPorts, "isDraining" | "ended"> & { ended(call: Call): void }) {
    this.#ports = { ...ports, isDraining: () => this.#draining, ended: (call) => this.#ended(call, ports) };
    this.#server = createServer({
      requestTimeout: 0,
      connectionsCheckingInterval: timeoutCheckMs,
      // Idle connections are ended by the socket's own timer, which costs nothing per call.
      keepAliveTimeout: 0,
      // Answered by us, as a problem.
      requireHostHeader: false,
      shouldUpgradeCallback: mayUpgrade,
    });
    this.applyLimits();
    this.#server.on("request", (request, response) => this.#begin(request, response, null));
    this.#server.on("checkContinue", (request, response) => this.#begin(request, response, null));
    this.#server.on("checkExpectation", (request, response) => this.#begin(request, response, null));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on("clientError", (error, socket) => this.#fault(error, socket as Socket));
    this.#server.on("timeout", (socket) => this.#idled(socket));
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Resolves with the port. */
  listen(options: { host: string; port: number; reusePort: boolean }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...options, backlog: 4096 }, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as { port: number }).port);
      });
    });
  }

  /** Takes over the limits of the snapshot in force; time limits of open connections stay as they were. */
  applyLimits(): void {
    const { limits } = this.#ports.destinations;
    this.#server.headersTimeout = limits.headersTimeoutMs;
    this.#server.timeout = limits.idleTimeoutMs;
    // Read for each new connection.
    (this.#server as Server & { maxHeaderSize: number }).maxHeaderSize = limits.headerBytes;
  }

  /** Takes no new connections, lets the calls in flight end, and ends those that have not after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    if (this.#inFlight.size > 0) await this.#allEnded(withinMs);
    // Their sockets and not their answers: a switched connection is no longer the server's.
    for (const call of this.#inFlight.all()) {
      call.exchange.record.cutBy ??= "gateway";
      call.request.socket.destroy();
    }
    this.#server.closeAllConnections();
    await closed;
    // So that the records of those that were cut are complete, too.
    if (this.#inFlight.size > 0) await this.#allEnded(cutGraceMs);
  }

  #allEnded(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #begin(request: IncomingMessage, response: ServerResponse, upgrade: Upgrade | null): Call | null {
    const target = originForm(request.url ?? "");
    if (target !== null && isOwnPath(target)) {
      answerOwnPage(request, response, { target, draining: this.#draining, findConflict: (id) => this.#ports.findConflict(request, id), versionsOf: (service) => this.#ports.versionsOf(service) });
      return null;
    }
    const connection = this.#connection(request.socket);
    const call = new Call(this.#exchange(request, response, { target: target ?? "/", upgrade, peer: connection.peer }), response, this.#ports);
    connection.call = call;
    connection.inFlight++;
    this.#inFlight.add(call);
    if (target === null) call.sink.fault({ code: "malformed-request", detail: "The request's target is neither a path nor an http URL." });
    else call.carry(this.#ports.destinations);
    return call;
  }

  #exchange(request: IncomingMessage, response: ServerResponse, about: { target: string; upgrade: Upgrade | null; peer: Peer }): HttpExchange {
    const { destinations, identifiers, worker, monotonicMs, unixMs } = this.#ports;
    const { target, upgrade, peer } = about;
    const at = unixMs();
    const query = target.indexOf("?");
    return new HttpExchange({
      request,
      body: new HttpRequestBody(request, response, destinations.limits.bodyBytes),
      upgrade,
      id: identifiers.callId(at),
      spanId: identifiers.spanId(),
      at,
      startedAt: monotonicMs(),
      worker,
      target,
      path: query === -1 ? target : target.slice(0, query),
      peer,
      clientAddress: destinations.trustedProxies.clientAddress(peer, request.headers["x-forwarded-for"]),
      traceParent: parseTraceParent(request.headers["traceparent"]),
      monotonicMs,
    });
  }

  #connection(socket: Socket): Connection {
    let connection = this.#connections.get(socket);
    if (!connection) {
      connection = { peer: this.#ports.destinations.trustedProxies.peer(socket.remoteAddress ?? ""), call: null, inFlight: 0 };
      this.#connections.set(socket, connection);
    }
    return connection;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once("finish", () => (socket as Socket).destroySoon());
    socket.on("error", () => socket.destroy());
    const holder: { call: Call | null } = { call: null };
    const upgrade: Upgrade = {
      protocols: request.headers.upgrade ?? "",
      accept: (rawHeaders) => {
        holder.call?.switched(socket);
        return acceptUpgrade({ response, socket: socket as Socket, head, rawHeaders, callId: holder.call?.exchange.id ?? "" });
      },
    };
    // A tunnel is always taken later, after the upstream has switched.
    holder.call = this.#begin(request, response, upgrade);
  }

  #ended(call: Call, ports: { ended(call: Call): void }): void {
    this.#inFlight.remove(call);
    const connection = this.#connections.get(call.request.socket);
    if (connection && --connection.inFlight === 0) connection.call = null;
    ports.ended(call);
    if (this.#inFlight.size === 0) this.#idle?.();
  }

  #fault(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#connections.get(socket);
    // Nothing was asked, or the client went away in the middle.
    if (!socket.writable || socket.bytesRead === 0 || goneCodes.has(error.code ?? "")) return void socket.destroy();
    const refusal = refusalOfFault(error, this.#ports.destinations.limits.headerBytes);
    if (connection?.call) {
      connection.call.breakOff(refusal);
      return socket.destroySoon();
    }
    this.#recordFault(socket, refusal);
  }

  #recordFault(socket: Socket, refusal: Refusal): void {
    const { identifiers, worker, unixMs } = this.#ports;
    const at = unixMs();
    const id = identifiers.callId(at);
    const status = answerFault(socket, refusal, id);
    this.#ports.refusedConnection({
      id, at, worker, service: "", kind: "http", method: "", path: "", status, error: refusal.code, errorDetail: refusal.detail,
      clientAddress: this.#connection(socket).peer.address, durationMs: 0, requestBytes: 0, responseBytes: 0, attempts: 0,
    });
  }

  #idled(socket: Socket): void {
    const call = this.#connections.get(socket)?.call;
    if (!call) return socket.destroySoon();
    if (call.exchange.body.isAwaited) {
      call.breakOff({ code: "request-timeout", detail: "The body of the request stopped coming." });
    } else if (socket.writableLength > 0) socket.destroy();
    // Else the upstream is being waited for, which has limits of its own.
  }
}

/** h2c would carry calls past every policy of this gateway; asking for it is ignored, as RFC 9110 §7.8 allows. */
function mayUpgrade(request: IncomingMessage): boolean {
  return !/(?:^|[\s,])(?:h2c|tls\/|http\/)/i.test(request.headers.upgrade ?? "");
}
