/** Hot path (a connection that was judged costs one lookup). `access: mtls`: the client's certificate says which consumer calls. */
import type { MutualTls } from "@parley/contract/config/tls";
import type { Refusal } from "@parley/contract/problems/problem";
import { objectionTo } from "../../../certificates/index.ts";
import type { ClientCertificate } from "../../../exchange/exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../../pipeline/route-plan.ts";
import { mayCall, notAllowed } from "../may-call.ts";
import { consumerNamer } from "./consumer-name.ts";

/** What stands for a key in the call's record. */
const keyName = "mtls";

/** So that the end of an authority or of a revocation list counts, too. */
const judgedForMs = 60_000;

interface Judged {
  objection: string | null;
  /** Of the authorities and of the revocation lists, when it was judged. */
  generation: number;
  listGeneration: number;
  /** Unix milliseconds. */
  until: number;
}

export function certificateAccess(plan: RoutePlan, settings: MutualTls, ports: PipelinePorts): (next: Handler) => Handler {
  const { authorities, revocations } = ports;
  const believed = (): ReturnType<typeof authorities.certificates> => authorities.certificates(settings.ca);
  const revoked = (): ReturnType<typeof revocations.lists> => revocations.lists(settings);
  // So that clients are asked for a certificate from now on, and files that cannot be used are told before the first call.
  believed();
  revoked();
  const judged = new WeakMap<ClientCertificate, Judged>();
  const consumerOf = consumerNamer(settings.consumer, (name) => ports.findConsumer(name) !== undefined);

  return (next) => (exchange, sink) => {
    const shown = exchange.peer.certificate ?? null;
    if (shown === null) return sink.fault(missingCertificate);
    const objection = objectionOf(shown);
    if (objection !== null) return sink.fault(invalidCertificate(objection));
    const consumer = consumerOf(shown);
    if (consumer === null) return sink.fault(invalidCertificate("It names no consumer."));
    if (!mayCall(consumer, plan, ports)) return sink.fault(notAllowed(consumer, plan.service));
    exchange.caller = { consumer, key: keyName };
    exchange.record.consumer = consumer;
    exchange.record.key = keyName;
    return next(exchange, sink);
  };

  function objectionOf(shown: ClientCertificate): string | null {
    const now = ports.now();
    const known = judged.get(shown);
    if (known !== undefined && known.generation === authorities.generation && known.listGeneration === revocations.generation && known.until >= now) return known.objection;
    const objection = objectionTo(shown, { own: believed(), all: authorities.all(), generation: authorities.generation, revocations: revoked(), atMs: now });
    judged.set(shown, { objection, generation: authorities.generation, listGeneration: revocations.generation, until: Math.min(now + judgedForMs, shown.certificate.validToDate.getTime()) });
    return objection;
  }
}

const challenge = { "WWW-Authenticate": 'Certificate realm="parley"' };
const missingCertificate: Refusal = { code: "missing-certificate", detail: "The connection carries no client certificate.", headers: challenge };

function invalidCertificate(reason: string): Refusal {
  return { code: "invalid-certificate", detail: `The client certificate is not accepted. ${reason}`, headers: challenge };
}
