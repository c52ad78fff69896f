/**
 * Hot path (benchmarks: http). One call from its request to its record: finds the route, runs the pipeline, turns
 * whatever it throws into an answer, and notices how the connection ended.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../exchange/answer.ts";
import { grpcShape, isGrpc } from "../exchange/grpc.ts";
import type { Placed } from "../exchange/placed-list.ts";
import type { Handler } from "../pipeline/policy.ts";
import { hasDotSegment } from "../routing/path-segments.ts";
import type { CallDestinations } from "./call-destination.ts";
import type { CallSink } from "./call-sink.ts";
import type { Connection } from "./connection.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { ListenerPorts } from "./listener-ports.ts";
import { tooLarge } from "./request-body.ts";

export class Call implements Placed {
  place = -1;
  readonly exchange: HttpExchange;
  readonly sink: CallSink;
  readonly connection: Connection;
  #ports: ListenerPorts;
  #switched = false;

  constructor(exchange: HttpExchange, { sink, connection }: { sink: CallSink; connection: Connection }, ports: ListenerPorts) {
    this.exchange = exchange;
    this.sink = sink;
    this.connection = connection;
    this.#ports = ports;
    sink.onClosed(() => this.#closed());
  }

  carry(destinations: CallDestinations): void {
    const { exchange } = this;
    const refusal = this.sink.problem() ?? (hasDotSegment(exchange.path) ? dotSegment : null);
    if (refusal) return this.sink.fault(refusal);
    const match = destinations.match(exchange.path);
    if (!match) return this.sink.fault(unknownRoute(exchange, destinations));
    const { route } = match;
    this.sink.shape = route.kind === "http" && isGrpc(exchange) ? grpcShape : route.shape;
    exchange.route = route;
    exchange.record.service = route.service;
    exchange.record.kind = route.kind;
    exchange.rest = exchange.target.slice(match.restStart);
    const capture = this.#ports.captureBodies(route.service, exchange.method);
    if (capture !== null) exchange.captureBodies(capture);
    const { length } = exchange.body;
    if (length !== null && length > destinations.limits.bodyBytes) return this.sink.fault(tooLarge(destinations.limits.bodyBytes));
    this.#run(route.handler);
  }

  /** The client's bytes make no sense any more, or do not come: says so if there is still a way to. */
  breakOff(refusal: Refusal): void {
    this.exchange.body.breakOff(refusal);
    this.exchange.clientGone();
    this.sink.fault(refusal);
  }

  /** The connection is no longer HTTP: the call lasts as long as the connection. */
  switched(socket: { once(event: "close", listener: () => void): unknown }): void {
    this.#switched = true;
    this.exchange.record.status = 101;
    socket.once("close", () => this.#end());
  }

  #run(handler: Handler): void {
    try {
      const running = handler(this.exchange, this.sink);
      if (running instanceof Promise) running.catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof RefusalError) return this.sink.fault(error.refusal);
    const { id, method, record } = this.exchange;
    this.#ports.log.error({ error, callId: id, method, service: record.service }, "a call failed inside the gateway");
    this.sink.fault(internalError);
  }

  /** The answer is out to its last byte, or the connection is gone. */
  #closed(): void {
    if (this.#switched) return;
    const { exchange, sink } = this;
    if (!sink.isFinished()) {
      if (exchange.record.status === 0) exchange.record.status = 499;
      exchange.record.cutBy ??= "client";
      exchange.clientGone();
    }
    this.#end();
  }

  #end(): void {
    const { exchange } = this;
    const { record, body } = exchange;
    record.durationMs = this.#ports.monotonicMs() - exchange.startedAt;
    record.requestBytes += body.bytes;
    exchange.endSteps();
    if (record.kind === "websocket") exchange.clientGone();
    exchange.ended();
    this.#ports.ended(this);
  }
}

const dotSegment: Refusal = {
  code: "malformed-request",
  detail: "The path has a segment . or .., plainly or encoded, which different programs resolve differently.",
  fix: "Send the path in its resolved form, as browsers and HTTP libraries do by themselves.",
};

const internalError: Refusal = { code: "internal-error", detail: "The gateway failed. Its log has the reason under the call's id." };

const maxShownPath = 200;

function unknownRoute(exchange: HttpExchange, destinations: CallDestinations): Refusal {
  const { path } = exchange;
  const shown = path.length > maxShownPath ? `${path.slice(0, maxShownPath)}…` : path;
  const nearest = destinations.nearest(path);
  const detail = `No service has the path ${shown}.`;
  return nearest === null ? { code: "unknown-route", detail } : { code: "unknown-route", detail: `${detail} The nearest one is ${nearest}.`, extensions: { nearest } };
}
