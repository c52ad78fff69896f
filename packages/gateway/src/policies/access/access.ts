/**
 * Hot path (benchmarks: http). Who may call: finds the consumer by the key that came, and refuses what has no right.
 * `open` asks for nothing, yet a key of ours that is sent all the same says who calls. A way of access that cannot be
 * verified is refused: a service is never more open than its configuration says.
 */
import { mutualTls } from "@parley/contract/config/tls";
import type { Refusal } from "@parley/contract/problems/problem";
import { hashKey } from "@parley/contract/secrets";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { outsideOfScopes } from "../../exchange/key-scopes.ts";
import { consumerOf } from "../../pipeline/consumer-of.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import { routeOf } from "../../pipeline/route-parts.ts";
import type { KnownKey, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { certificateAccess } from "./certificates/certificate-access.ts";
import { isAllowed, notAllowed } from "./may-call.ts";
import { presentedKeys, type PresentedKey } from "./presented-keys.ts";
import { tokenAccess } from "./tokens/token-access.ts";

export const accessPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "access",
  stage: "access",
  /** The others ask for what is the service's own. */
  sharedAs: ({ access, kind }) => (access === "open" || access === "key" ? `${access} ${kind}` : null),
  create(plan, ports) {
    switch (plan.access) {
      case "open":
        return (next) => openAccess(plan.kind === "ai", ports, next);
      case "key":
        return (next) => keyAccess(plan.kind === "ai", ports, next);
      case "jwt":
        return plan.tokens ? tokenAccess(plan, plan.tokens, ports) : () => closedAccess(plan);
      case "mtls":
        return certificateAccess(plan, plan.certificates ?? mutualTls.parse({}), ports);
    }
  },
};

function keyAccess(isAi: boolean, ports: PipelinePorts, next: Handler): Handler {
  return (exchange, sink) => {
    const { service } = routeOf(exchange);
    const presented = presentedKeys(exchange, isAi);
    if (presented.length === 0) return sink.fault(missingKey);
    const key = recognize(exchange, presented, ports);
    if (!key) return refuseWrongKey(exchange, sink, ports);
    const blocked = ports.wrongKeys.judgeRight(key, exchange.clientAddress);
    if (blocked) return sink.fault(blocked);
    if (!isAllowed(consumerOf(key, ports), service)) return sink.fault(notAllowed(key.consumer, service));
    const outside = outsideOfScopes(key, { service, method: exchange.method, headers: exchange.headers });
    if (outside !== null) return sink.fault(outside);
    return next(exchange, sink);
  };
}

function refuseWrongKey({ clientAddress }: Exchange, sink: AnswerSink, ports: PipelinePorts): void | Promise<void> {
  const judged = ports.wrongKeys.judgeWrong(clientAddress);
  if (judged instanceof Promise) return judged.then((blocked) => sink.fault(blocked ?? unknownKey));
  sink.fault(judged ?? unknownKey);
}

/** A key without the right to an open service identifies nobody there, rather than shutting out whom anonymity lets in. */
function openAccess(isAi: boolean, ports: PipelinePorts, next: Handler): Handler {
  return (exchange, sink) => {
    const { service } = routeOf(exchange);
    const presented = presentedKeys(exchange, isAi);
    const key = presented.length > 0 ? recognize(exchange, presented, ports) : null;
    if (key && (!isAllowed(consumerOf(key, ports), service) || outsideOfScopes(key, { service, method: exchange.method, headers: exchange.headers }) !== null)) exchange.caller = null;
    return next(exchange, sink);
  };
}

function closedAccess(plan: RoutePlan): Handler {
  const refusal: Refusal = {
    code: "access-method-unavailable",
    detail: `The service ${plan.service} has access: ${plan.access} but no settings to verify it with, so nobody is let in.`,
  };
  return (_exchange, sink) => sink.fault(refusal);
}

function recognize(exchange: Exchange, presented: readonly PresentedKey[], ports: PipelinePorts): KnownKey | null {
  for (const { secret } of presented) {
    const key = ports.findKey(hashKey(secret));
    if (!key || (key.expiresAt !== null && key.expiresAt <= ports.now())) continue;
    exchange.caller = key;
    exchange.keySecret = secret;
    exchange.record.consumer = key.consumer;
    exchange.record.key = key.key;
    return key;
  }
  return null;
}

const challenge = { "WWW-Authenticate": 'Bearer realm="parley"' };
const missingKey: Refusal = { code: "missing-key", detail: "The call carries no key.", headers: challenge };
const unknownKey: Refusal = {
  code: "unknown-key",
  detail: "The key is unknown, expired or revoked.",
  headers: { "WWW-Authenticate": 'Bearer realm="parley", error="invalid_token"' },
};
