/** Hot path (a connection that was judged costs one lookup). `access: mtls`: the client's certificate says which consumer calls. */
import type { MutualTls } from "@parley/contract/config/tls";
import type { Refusal } from "@parley/contract/problems/problem";
import { isVouchedFor } from "../../../certificates/index.ts";
import type { ClientCertificate } from "../../../exchange/exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../../pipeline/route-plan.ts";
import { mayCall, notAllowed } from "../may-call.ts";
import { consumerNamer } from "./consumer-name.ts";

/** What stands for a key in the call's record. */
const keyName = "mtls";

/** So that the end of an authority counts, too. */
const judgedForMs = 60_000;

interface Judged {
  vouchedFor: boolean;
  /** Of the authorities, when it was judged. */
  generation: number;
  /** Unix milliseconds. */
  until: number;
}

export function certificateAccess(plan: RoutePlan, settings: MutualTls, ports: PipelinePorts): (next: Handler) => Handler {
  const { authorities } = ports;
  const believed = (): ReturnType<typeof authorities.certificates> => authorities.certificates(settings.ca);
  // So that clients are asked for a certificate from now on.
  believed();
  const judged = new WeakMap<ClientCertificate, Judged>();
  const consumerOf = consumerNamer(settings.consumer, (name) => ports.findConsumer(name) !== undefined);

  return (next) => (exchange, sink) => {
    const shown = exchange.peer.certificate ?? null;
    if (shown === null) return sink.fault(missingCertificate);
    if (!isBelieved(shown)) return sink.fault(invalidCertificate(shown.problem ?? "It is not one of those that the service takes."));
    const consumer = consumerOf(shown);
    if (consumer === null) return sink.fault(invalidCertificate("It names no consumer."));
    if (!mayCall(consumer, plan, ports)) return sink.fault(notAllowed(consumer, plan));
    exchange.caller = { consumer, key: keyName };
    exchange.record.consumer = consumer;
    exchange.record.key = keyName;
    return next(exchange, sink);
  };

  function isBelieved(shown: ClientCertificate): boolean {
    const now = ports.now();
    const known = judged.get(shown);
    if (known !== undefined && known.generation === authorities.generation && known.until >= now) return known.vouchedFor;
    const vouchedFor = isVouchedFor(shown, { own: believed(), all: authorities.all(), generation: authorities.generation, atMs: now });
    judged.set(shown, { vouchedFor, generation: authorities.generation, until: Math.min(now + judgedForMs, shown.certificate.validToDate.getTime()) });
    return vouchedFor;
  }
}

const challenge = { "WWW-Authenticate": 'Certificate realm="parley"' };
const missingCertificate: Refusal = { code: "missing-certificate", detail: "The connection carries no client certificate.", headers: challenge };

function invalidCertificate(reason: string): Refusal {
  return { code: "invalid-certificate", detail: `The client certificate is not accepted. ${reason}`, headers: challenge };
}
