/**
 * The door: a node:http server with the gateway's limits, with TLS where that is configured, and beside it HTTP/2 on the
 * same port. It turns requests into calls, answers what is no valid
 * request, closes what idles, and drains. Everything about routes and policies is behind `CallDestinations`; it may
 * import the exchange, the pipeline's contract and the matcher's reading of paths.
 */
import { createServer, ServerResponse, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Duplex } from "node:stream";
import type { ServerHttp2Stream } from "node:http2";
import type { ServerCertificates } from "../certificates/index.ts";
import type { Upgrade } from "../exchange/exchange.ts";
import { PlacedList } from "../exchange/placed-list.ts";
import { problemShape } from "../exchange/problem-shape.ts";
import { originForm } from "../routing/path-segments.ts";
import { Call } from "./call.ts";
import { answerFault, refusalOfFault } from "./connection-fault.ts";
import { type Connection, newConnection } from "./connection.ts";
import { Http2Door, isPreface, StreamSink, takeOver } from "./http2/index.ts";
import { HttpExchange, type RequestHead } from "./http-exchange.ts";
import type { ListenerPorts } from "./listener-ports.ts";
import { answerOwnPage, isOwnPath } from "./own-pages.ts";
import { bodyOfRequest, bodyOfStream, type HttpRequestBody } from "./request-body.ts";
import { ResponseSink } from "./response-sink.ts";
import { parseTraceParent } from "./trace-parent.ts";
import { acceptUpgrade } from "./accept-upgrade.ts";

const timeoutCheckMs = 500;
const cutGraceMs = 1000;
const goneCodes: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"]);

export class Listener {
  #ports: ListenerPorts;
  #server: Server;
  #http2: Http2Door;
  #connections = new WeakMap<Duplex, Connection>();
  #inFlight = new PlacedList<Call>();
  #draining = false;
  #idle: (() => void) | null = null;

  /** Plain HTTP where there are no certificates. */
  constructor(ports: Omit<ListenerPorts, "isDraining" | "ended"> & { ended(call: Call): void }, certificates: ServerCertificates | null = null) {
    this.#ports = { ...ports, isDraining: () => this.#draining, ended: (call) => this.#ended(call, ports) };
    const { destinations } = ports;
    this.#http2 = new Http2Door({ limits: () => destinations.limits, begin: (stream, about) => this.#beginStream(stream, about) });
    this.#server = this.#newServer(certificates);
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
    this.#http2.drain();
    if (this.#inFlight.size > 0) await this.#allEnded(withinMs);
    for (const call of this.#inFlight.all()) {
      call.exchange.record.cutBy ??= "gateway";
      call.sink.destroy();
    }
    this.#server.closeAllConnections();
    this.#http2.destroy();
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

  #newServer(certificates: ServerCertificates | null): Server {
    const options = {
      requestTimeout: 0,
      connectionsCheckingInterval: timeoutCheckMs,
      // Idle connections are ended by the socket's own timer, which costs nothing per call.
      keepAliveTimeout: 0,
      // Answered by us, as a problem.
      requireHostHeader: false,
      shouldUpgradeCallback: mayUpgrade,
    };
    if (certificates === null) return createServer(options);
    const server = createSecureServer({ ...options, ...certificates.options() });
    const [speakHttp1] = server.listeners("secureConnection") as ((this: unknown, socket: TLSSocket) => void)[];
    server.removeAllListeners("secureConnection");
    server.on("secureConnection", (socket) => {
      const connection = newConnection(this.#ports.destinations.trustedProxies.peer(socket.remoteAddress ?? "", { secure: true, certificate: certificates.shownBy(socket) }));
      this.#connections.set(socket, connection);
      if (socket.alpnProtocol === "h2") this.#http2.enter(socket, connection);
      else speakHttp1?.call(server, socket);
    });
    certificates.serve(server);
    return server;
  }

  #begin(request: IncomingMessage, response: ServerResponse, upgrade: Upgrade | null): Call | null {
    const target = originForm(request.url ?? "");
    if (target !== null && isOwnPath(target)) {
      this.#ownPage(request, response, target);
      return null;
    }
    const connection = this.#connection(request.socket);
    const body = bodyOfRequest(request, response, this.#ports.destinations.limits.bodyBytes);
    const exchange = this.#exchange(request, { body, target: target ?? "/", upgrade, connection });
    return this.#carry(new Call(exchange, { sink: new ResponseSink(exchange, response, this.#ports, problemShape), connection }, this.#ports), target);
  }

  #beginStream(stream: ServerHttp2Stream, { connection, head, headers, plain }: Parameters<ConstructorParameters<typeof Http2Door>[0]["begin"]>[1]): { call: Call; sink: StreamSink } | null {
    const target = originForm(head.target);
    if (target !== null && isOwnPath(target)) {
      const { request, response } = plain();
      this.#ownPage(request, response, target);
      return null;
    }
    const { destinations, monotonicMs } = this.#ports;
    const body = bodyOfStream(stream, head, destinations.limits.bodyBytes);
    const exchange = this.#exchange(head, { body, target: target ?? "/", upgrade: null, connection });
    const sink = new StreamSink({ exchange, stream, headers, monotonicMs, shape: problemShape });
    return { call: this.#carry(new Call(exchange, { sink, connection }, this.#ports), target), sink };
  }

  #ownPage(request: IncomingMessage, response: ServerResponse, target: string): void {
    answerOwnPage(request, response, { target, draining: this.#draining, findConflict: (id) => this.#ports.findConflict(request, id), versionsOf: (service) => this.#ports.versionsOf(service) });
  }

  #carry(call: Call, target: string | null): Call {
    call.connection.call = call;
    call.connection.inFlight++;
    this.#inFlight.add(call);
    if (target === null) call.sink.fault({ code: "malformed-request", detail: "The request's target is neither a path nor an http URL." });
    else call.carry(this.#ports.destinations);
    return call;
  }

  #exchange(request: RequestHead, about: { body: HttpRequestBody; target: string; upgrade: Upgrade | null; connection: Connection }): HttpExchange {
    const { destinations, identifiers, worker, monotonicMs, unixMs } = this.#ports;
    const { body, target, upgrade, connection: { peer } } = about;
    const at = unixMs();
    const query = target.indexOf("?");
    return new HttpExchange({
      request,
      body,
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
      connection = newConnection(this.#ports.destinations.trustedProxies.peer(socket.remoteAddress ?? ""));
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
    const { connection } = call;
    if (--connection.inFlight === 0) connection.call = null;
    ports.ended(call);
    if (this.#inFlight.size === 0) this.#idle?.();
  }

  #fault(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined && isPreface(error)) return this.#http2.enter(takeOver(error, socket), this.#connection(socket));
    // Nothing was asked, or the client went away in the middle.
    if (!socket.writable || socket.bytesRead === 0 || goneCodes.has(error.code ?? "") || isHandshake(error)) return void socket.destroy();
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

/** Switching to h2c would carry calls past every policy of this gateway; asking for it is ignored, as RFC 9110 §7.8 allows. */
function mayUpgrade(request: IncomingMessage): boolean {
  return !/(?:^|[\s,])(?:h2c|tls\/|http\/)/i.test(request.headers.upgrade ?? "");
}

/** There is nobody to read an answer in HTTP. */
function isHandshake({ code = "" }: NodeJS.ErrnoException): boolean {
  return code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || code.startsWith("EPROTO");
}
