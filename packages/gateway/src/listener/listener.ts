/**
 * The door: HTTP/1.1 and HTTP/2 on one port, with the gateway's limits, and with TLS where that is configured. It turns
 * requests into calls, answers what is no valid request, and drains. Everything about routes and policies is behind
 * `CallDestinations`; it may import the exchange, the pipeline's contract and the matcher's reading of paths.
 */
import { promisify } from "node:util";
import type { Refusal } from "@parley/contract/problems/problem";
import type { ServerCertificates } from "../certificates/index.ts";
import type { Upgrade } from "../exchange/exchange.ts";
import { PlacedList } from "../exchange/placed-list.ts";
import { problemShape } from "../exchange/problem-shape.ts";
import { originForm } from "../routing/path-segments.ts";
import { type BodySource, noBody } from "./body-source.ts";
import { Call } from "./call.ts";
import type { Connection } from "./connection.ts";
import { bodyOfStream, Http2Door, type OpenedStream, sendPage, StreamSink } from "./http2/index.ts";
import { HttpExchange, type RequestHead } from "./http-exchange.ts";
import { spanOf } from "./identifiers.ts";
import { AnswerSink, AnswerWriter, Http1Door, type InboundConnection, type InboundHead } from "./lean/index.ts";
import type { ListenerPorts } from "./listener-ports.ts";
import { answerOwnPage, isOwnPath, type OwnPage } from "./own-pages.ts";
import { HttpRequestBody } from "./request-body.ts";
import { parseTraceParent } from "./trace-parent.ts";

const cutGraceMs = 1000;
const nextTurn = promisify(setImmediate);

export class Listener {
  #ports: ListenerPorts;
  #http1: Http1Door;
  #http2: Http2Door;
  #inFlight = new PlacedList<Call>();
  #draining = false;
  #idle: (() => void) | null = null;

  /** Plain HTTP where there are no certificates. */
  constructor(ports: Omit<ListenerPorts, "isDraining" | "ended"> & { ended(call: Call): void }, certificates: ServerCertificates | null = null) {
    this.#ports = { ...ports, isDraining: () => this.#draining, ended: (call) => this.#ended(call, ports) };
    const { destinations } = ports;
    const limits = (): typeof destinations.limits => destinations.limits;
    this.#http2 = new Http2Door({ limits, begin: (stream) => this.#beginStream(stream) });
    this.#http1 = new Http1Door(
      {
        limits,
        isDraining: () => this.#draining,
        trustedProxies: () => destinations.trustedProxies,
        unixMs: ports.unixMs,
        begin: (connection, head, body) => this.#begin(connection, head, body),
        refused: (connection, refusal) => this.#refused(connection, refusal),
        enterHttp2: (socket, about) => this.#http2.enter(socket, about),
      },
      certificates,
    );
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Resolves with the port. */
  listen(options: { host: string; port: number; reusePort: boolean }): Promise<number> {
    return this.#http1.listen(options);
  }

  /** Takes no new connections, lets the calls in flight end, and ends those that have not after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    this.#draining = true;
    const closed = this.#http1.close();
    // Requests that have arrived already are read first.
    await nextTurn();
    this.#http1.endIdle();
    this.#http2.drain();
    if (this.#inFlight.size > 0) await this.#allEnded(withinMs);
    for (const call of this.#inFlight.all()) {
      call.exchange.record.cutBy ??= "gateway";
      call.sink.destroy();
    }
    this.#http1.destroy();
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

  #begin(connection: InboundConnection, head: InboundHead, source: BodySource | null): void {
    const target = originForm(head.target);
    if (target !== null && isOwnPath(target)) {
      const writer = new AnswerWriter(connection, head);
      return this.#ownPage(head, { target, connection: connection.about }, (page) => sendWhole(writer, page));
    }
    const { destinations, monotonicMs } = this.#ports;
    const body = new HttpRequestBody(source ?? noBody, { length: head.length, limitBytes: destinations.limits.bodyBytes });
    const holder: { call: Call | null } = { call: null };
    const upgrade = head.mayUpgrade ? upgradeOf(connection, head, holder) : null;
    const exchange = this.#exchange(head, { body, target: target ?? "/", upgrade, connection: connection.about });
    const sink = new AnswerSink({ exchange, request: head, connection, monotonicMs, shape: problemShape });
    holder.call = new Call(exchange, { sink, connection: connection.about }, this.#ports);
    this.#carry(holder.call, target);
  }

  #beginStream({ stream, connection, head, headers }: OpenedStream): { call: Call; sink: StreamSink } | null {
    const target = originForm(head.target);
    if (target !== null && isOwnPath(target)) {
      this.#ownPage(head, { target, connection }, (page) => sendPage(stream, head.method, page));
      return null;
    }
    const { destinations, monotonicMs } = this.#ports;
    const body = bodyOfStream(stream, head, destinations.limits.bodyBytes);
    const exchange = this.#exchange(head, { body, target: target ?? "/", upgrade: null, connection });
    const sink = new StreamSink({ exchange, stream, headers, monotonicMs, shape: problemShape });
    return { call: this.#carry(new Call(exchange, { sink, connection }, this.#ports), target), sink };
  }

  #ownPage(request: RequestHead, { target, connection }: { target: string; connection: Connection }, send: (page: OwnPage) => void): void {
    const servicePage = (): ReturnType<ListenerPorts["servicePage"]> => this.#ports.servicePage(this.#exchange(request, { body: new HttpRequestBody(noBody, { length: 0, limitBytes: 0 }), target, upgrade: null, connection }));
    answerOwnPage(request, { target, draining: this.#draining, findConflict: (id) => this.#ports.findConflict(request, id), versionsOf: (service) => this.#ports.versionsOf(service), servicePage }, send);
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
    const id = identifiers.callId(at);
    const query = target.indexOf("?");
    return new HttpExchange({
      request,
      body,
      upgrade,
      id,
      spanId: spanOf(id),
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

  #ended(call: Call, ports: { ended(call: Call): void }): void {
    this.#inFlight.remove(call);
    const { connection } = call;
    if (--connection.inFlight === 0) connection.call = null;
    ports.ended(call);
    if (this.#inFlight.size === 0) this.#idle?.();
  }

  /** What never became a request is answered and leaves a record all the same. */
  #refused(connection: InboundConnection, refusal: Refusal): void {
    const { identifiers, worker, unixMs } = this.#ports;
    const at = unixMs();
    const id = identifiers.callId(at);
    const { status, rawHeaders, body } = problemShape.answer({ id, path: "", baseUrl: "" }, refusal);
    connection.refuse(status, [...rawHeaders, "Parley-Call-Id", id], body);
    this.#ports.refusedConnection({
      id, at, worker, service: "", kind: "http", method: "", path: "", status, error: refusal.code, errorDetail: refusal.detail,
      clientAddress: connection.about.peer.address, durationMs: 0, requestBytes: 0, responseBytes: 0, attempts: 0,
    });
  }
}

function sendWhole(writer: AnswerWriter, { status, rawHeaders, body }: OwnPage): void {
  writer.head(status, rawHeaders);
  writer.data(body);
  writer.end();
}

/** A tunnel is always taken later, after the upstream has switched. */
function upgradeOf(connection: InboundConnection, { headers }: InboundHead, holder: { readonly call: Call | null }): Upgrade {
  return {
    protocols: headers.upgrade ?? "",
    accept: (rawHeaders) => {
      const call = holder.call as Call;
      call.switched(connection.socket);
      return connection.switchProtocols([...rawHeaders, "Parley-Call-Id", call.exchange.id]);
    },
  };
}
