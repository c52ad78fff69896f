/**
 * Hot path of services with `compression`. Codes answers for callers that take it: long enough, of a type that gets shorter,
 * and not coded, partial or a stream of events. Hides codings and what they do to entity tags; may import the exchange.
 */
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import type { Compression } from "@parley/contract/config/compression";
import { isGrpc } from "../../exchange/grpc.ts";
import { acceptedCoding } from "./accepted-coding.ts";
import { CodedHead, forbidsChanges, typeMatcher } from "./coded-head.ts";
import { addPlainTags } from "./coded-tags.ts";
import { CompressingSink } from "./compressing-sink.ts";

export const compressionPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "compression",
  sharedAs: ({ compression }) => (compression ? JSON.stringify(compression) : ""),
  create: ({ compression }) => (compression ? (next) => compressed(compression, next) : null),
};

function compressed(settings: Compression, next: Handler): Handler {
  const isType = typeMatcher(settings.types);
  return (exchange, sink) => {
    if (exchange.upgrade !== null || isGrpc(exchange)) return next(exchange, sink);
    const givenCodings = addPlainTags(exchange);
    const accepted = exchange.headers["accept-encoding"];
    const coding = forbidsChanges(exchange.headers["cache-control"]) ? null : acceptedCoding(typeof accepted === "string" ? accepted : undefined, settings.codings);
    const compressing = new CompressingSink(sink, new CodedHead(settings, { isType, coding, givenCodings }), { isHead: exchange.method === "HEAD" });
    exchange.onClientGone(() => compressing.stop());
    return next(exchange, compressing);
  };
}
