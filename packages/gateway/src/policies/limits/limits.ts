/**
 * Hot path (benchmarks: http). How often, how many at once and how large: the limits of the key, its team, the consumer
 * and the service, the latter counted for each consumer (on an open service without a key, for each client address)
 * unless the limit says otherwise. All of them have to admit a call, else none counts it. A rolling period is a generic
 * cell rate with the count as its burst; `day` and `month` are calendar windows of a time zone. Answers say what is left
 * in the fields of draft-ietf-httpapi-ratelimit-headers-10; a refusal adds Retry-After. An unreachable counter lets calls
 * pass (the port's opener chose so).
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { RateVerdict } from "@parley/stores/ports/counters";
import type { AnswerSink } from "../../exchange/answer.ts";
import { ChangedHead, dropFields } from "../../exchange/changed-head.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import { routeOf } from "../../pipeline/route-parts.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import type { CallLimits } from "./compiled-limits.ts";
import { LimitBook, limitsAnywhere } from "./limit-book.ts";
import type { Place } from "./places.ts";
import { aiRequestFields, isRequestField } from "./request-fields.ts";

export const limitsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "limits",
  stage: "limits",
  sharedAs: ({ limits, kind }) => (limits.length === 0 ? kind : null),
  create: (plan, ports) => (next) => limited(plan, ports, next),
};

function limited(plan: RoutePlan, ports: PipelinePorts, next: Handler): Handler {
  const { limits: own, path } = plan;
  const isAi = plan.kind === "ai";
  const isBare = own.length === 0;
  return (exchange, sink) => {
    const route = routeOf(exchange);
    const shared = isBare ? limitsAnywhere(exchange, ports) : undefined;
    // Most of ten thousand services have no limits of their own and never need a book.
    const limits = shared === undefined ? (route.book ??= new LimitBook({ service: route.service, limits: own, path }, ports)).limitsOf(exchange) : shared;
    if (!limits) return next(exchange, sink);
    if (limits.bodyBytes !== null) {
      if (exchange.body.length !== null && exchange.body.length > limits.bodyBytes) return sink.fault(tooLarge(limits.bodyBytes));
      exchange.body.limitTo?.(limits.bodyBytes);
    }
    const call = { exchange, sink, service: route.service, isAi, ports, next };
    if (limits.checks.length === 0) return limits.concurrent.length === 0 ? next(exchange, sink) : withConcurrency(limits, [], call);
    const verdicts = ports.counters.admit(limits.checks);
    if (!(verdicts instanceof Promise)) return judged(limits, verdicts, call);
    return verdicts.then((late) => judged(limits, late, call));
  };
}

interface LimitedCall {
  exchange: Exchange;
  sink: AnswerSink;
  service: string;
  isAi: boolean;
  ports: PipelinePorts;
  next: Handler;
}

function judged(limits: CallLimits, verdicts: readonly RateVerdict[], call: LimitedCall): void | Promise<void> {
  const refusing = tightest(verdicts);
  if (refusing === -1 && limits.concurrent.length > 0) return withConcurrency(limits, verdicts, call);
  announce(limits, verdicts, call);
  if (refusing === -1) return call.next(call.exchange, call.sink);
  call.ports.rateLimited(call.service, "requests");
  call.sink.fault(rateLimited(limits.names[refusing] as string, verdicts[refusing] as RateVerdict));
}

/** Once it is known what the call takes. */
function announce(limits: CallLimits, verdicts: readonly RateVerdict[], call: LimitedCall): void {
  if (verdicts.length === 0) return;
  const { answerFields } = call.exchange;
  answerFields.push("RateLimit-Policy", limits.policyField, "RateLimit", rateLimitField(limits, verdicts));
  if (!call.isAi) return;
  answerFields.push(...aiRequestFields(call.exchange.path, limits, verdicts, call.ports.now()));
  call.sink = new ChangedHead(call.sink, (rawHeaders) => dropFields(rawHeaders, isRequestField));
}

/** What was taken is there again. */
function refunded(limits: CallLimits, verdicts: readonly RateVerdict[]): RateVerdict[] {
  return verdicts.map((verdict, index) => {
    const { cost, limit, period } = limits.checks[index] as CallLimits["checks"][number];
    const sooner = period.kind === "rolling" ? (cost * period.milliseconds) / limit : 0;
    return { ...verdict, remaining: Math.min(limit, verdict.remaining + cost), resetMs: Math.max(0, verdict.resetMs - sooner) };
  });
}

/** The refusing check that takes longest to admit; -1 when all admit. */
function tightest(verdicts: readonly RateVerdict[]): number {
  let worst = -1;
  for (let index = 0; index < verdicts.length; index++) {
    const verdict = verdicts[index] as RateVerdict;
    if (!verdict.admitted && (worst === -1 || verdict.retryAfterMs > (verdicts[worst] as RateVerdict).retryAfterMs)) worst = index;
  }
  return worst;
}

function rateLimitField(limits: CallLimits, verdicts: readonly RateVerdict[]): string {
  let field = "";
  for (let index = 0; index < verdicts.length; index++) {
    const verdict = verdicts[index] as RateVerdict;
    if (index > 0) field += ", ";
    field += `${limits.names[index]};r=${verdict.remaining};t=${Math.ceil(verdict.resetMs / 1000)}`;
  }
  return field;
}

function rateLimited(name: string, verdict: RateVerdict): Refusal {
  const seconds = Math.max(1, Math.ceil(verdict.retryAfterMs / 1000));
  return {
    code: "rate-limited",
    detail: `The request limit ${name} is used up; the next call is admitted in ${seconds} s.`,
    headers: { "Retry-After": String(seconds) },
  };
}

function tooLarge(bytes: number): Refusal {
  return { code: "body-too-large", detail: `The request body is larger than the ${bytes} bytes that a limit allows.` };
}

/**
 * All places are taken one after the other, and given back if one of them is refused; so is what the rates have counted. They go
 * first all the same, or those who call too often would stand in the line of those who do not.
 */
async function withConcurrency(limits: CallLimits, verdicts: readonly RateVerdict[], call: LimitedCall): Promise<void> {
  const { exchange, ports } = call;
  const held: string[] = [];
  const giveBack = (): void => {
    for (const key of held.splice(0)) ports.places.giveBack(key);
  };
  const since = performance.now();
  for (const place of limits.concurrent) {
    const taken = ports.places.take(place, (callback) => exchange.onClientGone(callback));
    if (taken instanceof Promise ? await taken : taken) held.push(place.key);
    else {
      giveBack();
      if (verdicts.length > 0) ports.counters.refund(limits.checks);
      announce(limits, refunded(limits, verdicts), call);
      ports.rateLimited(call.service, "concurrent");
      return call.sink.fault(tooMany(place));
    }
  }
  exchange.step("waited for a place", since);
  exchange.onEnded(giveBack);
  announce(limits, verdicts, call);
  return call.next(exchange, call.sink);
}

function tooMany({ limit, queue }: Place): Refusal {
  const waited = queue === null ? "" : " None of them ended in time, or as many calls wait already as may.";
  return { code: "too-many-concurrent", detail: `As many calls are in flight as the limit of ${limit} allows.${waited}`, headers: { "Retry-After": "1" } };
}
