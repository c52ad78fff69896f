/**
 * Hot path of services with a mirror. Chooses the calls that are copied and watches their answers pass; the copy is sent
 * only when the caller has its own answer, so nothing of it can delay or change that. May import the transport's side of
 * upstreams, the exchange and the redaction of bodies.
 */
import type { Mirror } from "@parley/contract/config/mirror";
import { bodyOf, derivedExchange } from "../../exchange/derived-exchange.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { isGrpc } from "../../exchange/grpc.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { heldBodyBytes } from "../forward.ts";
import type { Copies } from "./copies.ts";
import { TappedAnswer } from "./tapped-answer.ts";

export interface MirroredRoute {
  settings: Mirror;
  copies: Copies;
  /** From 0 to under 1. */
  random: () => number;
}

export function mirrored(next: Handler, { settings, copies, random }: MirroredRoute): Handler {
  const methods = new Set(settings.methods);
  const isMeant = ({ method, version, upgrade, record }: Exchange): boolean =>
    // What the gateway asks for itself in the name of a call has another method, or a record of its own.
    methods.has(method) && record.method === method && upgrade === null && (settings.of === undefined ? settings.version === undefined || version !== settings.version : version === settings.of);
  return (exchange, sink) => {
    if (!isMeant(exchange) || random() * 100 >= settings.percent || isGrpc(exchange)) return next(exchange, sink);
    const { length } = exchange.body;
    if (length === null || length > heldBodyBytes) {
      copies.skipped();
      return next(exchange, sink);
    }
    if (!copies.hasRoom()) return next(exchange, sink);
    if (length === 0) return watched(next, { exchange, sink, copies }, Buffer.alloc(0));
    return exchange.body.whole().then((body) => watched(next, { exchange, sink, copies }, body));
  };
}

function watched(next: Handler, { exchange, sink, copies }: { exchange: Exchange; sink: AnswerSink; copies: Copies }, body: Buffer): void | Promise<void> {
  const tapped = new TappedAnswer(sink, copies.maxBytes);
  const copy = copies.reserve(exchange, body);
  exchange.onEnded(() => copy.answered(exchange.record.canary === true ? null : tapped.answer(), exchange.record.upstreamMs));
  return next(body.length === 0 ? exchange : derivedExchange(exchange, { body: bodyOf(body) }), tapped);
}
