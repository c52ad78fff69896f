/** One call on a guarded route: what all of its steps know. */
import { baseUrl } from "../../../exchange/host.ts";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { type ConflictContext, conditionsOf, versionOf } from "../diagnosis/index.ts";
import type { Preconditions } from "../preconditions/index.ts";
import { resourcePath } from "../requests/resource-path.ts";
import { namesOwnTag } from "./representation/compared-tags.ts";
import { type GuardPlan, guaranteeOf } from "./guard-plan.ts";
import type { Looking } from "./representation/representation.ts";

export interface GuardedCall {
  plan: GuardPlan;
  exchange: Exchange;
  sink: AnswerSink;
  /** In its one spelling. */
  path: string;
  /** With its question mark; "" for none. */
  query: string;
  /** "" for nobody known. */
  consumer: string;
  preconditions: Preconditions;
}

export function guardedCall(plan: GuardPlan, exchange: Exchange, about: { sink: AnswerSink; preconditions: Preconditions }): GuardedCall {
  const question = exchange.rest.indexOf("?");
  return {
    plan, exchange, ...about,
    path: resourcePath(exchange.path),
    query: question === -1 ? "" : exchange.rest.slice(question),
    consumer: exchange.caller?.consumer ?? "",
  };
}

export function lookingOf(call: GuardedCall): Looking {
  return { path: call.path, query: call.query, consumer: call.consumer, headers: call.exchange.headers, namesOwnTag: namesOwnTag(call.preconditions) };
}

/** Who acts, as the ledger and the records name it. */
export function actorName(call: GuardedCall): string {
  return call.consumer === "" ? "anonymous" : call.consumer;
}

/** Whose conflicts are counted together: the consumer's, or on an open service those of one address. */
export function contender({ consumer, exchange }: Pick<GuardedCall, "consumer" | "exchange">): string {
  return consumer === "" ? `address:${exchange.clientAddress}` : consumer;
}

/** `id` is random, or the ledger's name of the write where recovery is to find the record again. */
export function conflictContext(call: GuardedCall, about: { id: string; redact: readonly string[]; currentEtag: string | null; holder?: ConflictContext["holder"] }): ConflictContext {
  const { plan, exchange } = call;
  const { headers } = exchange;
  return {
    id: about.id,
    at: plan.ports.now(),
    service: plan.service,
    resource: call.path,
    callId: exchange.id,
    consumer: call.consumer === "" ? null : call.consumer,
    guarantee: guaranteeOf(plan).level,
    expected: [headers["if-match"], headers["if-none-match"]].filter((value) => value !== undefined).slice(0, 2).map((value) => value.slice(0, 1_000)),
    redact: about.redact,
    call: {
      method: exchange.method, url: baseUrl(exchange) + exchange.target, currentEtag: about.currentEtag, access: plan.access,
      contentType: headers["content-type"] ?? null, version: versionOf(exchange), conditions: conditionsOf(headers), underLease: headers["lock-token"] !== undefined,
    },
    ...(about.holder ? { holder: about.holder } : {}),
  };
}
