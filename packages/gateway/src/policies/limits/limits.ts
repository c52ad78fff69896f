/**
 * Hot path (benchmarks: http). How often and how many at once: the consumer's limits and the service's, both counted for
 * each consumer (on an open service without a key, for each client address). All of them have to admit a call, else none
 * counts it. A rolling period is a generic cell rate with the count as its burst; `day` and `month` are calendar windows
 * in UTC. Answers say what is left in the fields of draft-ietf-httpapi-ratelimit-headers-10; a refusal adds Retry-After.
 * An unreachable counter lets calls pass (the port's opener chose so).
 */
import type { Team } from "@parley/contract/config/team";
import type { Refusal } from "@parley/contract/problems/problem";
import type { RateVerdict } from "@parley/stores/ports/counters";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Caller, Exchange } from "../../exchange/exchange.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { KnownConsumer, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { compileLimits, type CompiledLimits } from "./compiled-limits.ts";

export const limitsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "limits",
  create: (plan, ports) => (next) => limited(new LimitBook(plan, ports), ports, next),
};

function limited(book: LimitBook, ports: PipelinePorts, next: Handler): Handler {
  return (exchange, sink) => {
    const limits = book.limitsOf(exchange);
    if (!limits) return next(exchange, sink);
    if (limits.checks.length === 0) return withConcurrency(limits, { exchange, sink, book, ports, next });
    const verdicts = ports.counters.admit(limits.checks);
    if (!(verdicts instanceof Promise)) return judged(limits, verdicts, { exchange, sink, book, ports, next });
    const since = performance.now();
    return verdicts.then((late) => {
      exchange.step("limits", since);
      return judged(limits, late, { exchange, sink, book, ports, next });
    });
  };
}

interface LimitedCall {
  exchange: Exchange;
  sink: AnswerSink;
  book: LimitBook;
  ports: PipelinePorts;
  next: Handler;
}

function judged(limits: CompiledLimits, verdicts: readonly RateVerdict[], call: LimitedCall): void | Promise<void> {
  call.exchange.answerFields.push("RateLimit-Policy", limits.policyField, "RateLimit", rateLimitField(limits, verdicts));
  const refusing = tightest(verdicts);
  if (refusing === -1) return limits.concurrent.length === 0 ? call.next(call.exchange, call.sink) : withConcurrency(limits, call);
  call.ports.rateLimited(call.book.service, "requests");
  call.sink.fault(rateLimited(limits.names[refusing] as string, verdicts[refusing] as RateVerdict));
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

function rateLimitField(limits: CompiledLimits, verdicts: readonly RateVerdict[]): string {
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

/** All places are taken one after the other, and given back if one of them is refused. */
async function withConcurrency(limits: CompiledLimits, call: LimitedCall): Promise<void> {
  const held: string[] = [];
  for (const { key, limit } of limits.concurrent) {
    if (await call.ports.counters.acquire(key, limit)) {
      held.push(key);
      continue;
    }
    for (const taken of held) call.ports.counters.release(taken);
    call.ports.rateLimited(call.book.service, "concurrent");
    return call.sink.fault({
      code: "too-many-concurrent",
      detail: `As many calls are in flight as the limit of ${limit} allows.`,
      headers: { "Retry-After": "1" },
    });
  }
  call.exchange.onEnded(() => {
    for (const key of held) call.ports.counters.release(key);
  });
  return call.next(call.exchange, call.sink);
}

/** Limits by who calls, compiled at the caller's first call and kept while the consumer's configuration stays. */
class LimitBook {
  readonly service: string;
  #plan: RoutePlan;
  #ports: PipelinePorts;
  /** As many as there are consumers and keys with limits; one that is changed or removed is a new object, and the old one goes with it. */
  #byHolder = new WeakMap<object, { consumer: KnownConsumer; team: Team | undefined; limits: CompiledLimits | null }>();

  constructor(plan: RoutePlan, ports: PipelinePorts) {
    this.service = plan.service;
    this.#plan = plan;
    this.#ports = ports;
  }

  limitsOf(exchange: Exchange): CompiledLimits | null {
    const { caller } = exchange;
    if (caller === null) return this.#plan.limits.length === 0 ? null : this.#ofAddress(exchange.clientAddress);
    const consumer = this.#ports.findConsumer(caller.consumer);
    if (!consumer) return null;
    const team = consumer.team === undefined ? undefined : this.#ports.findTeam(consumer.team);
    if (consumer.team !== undefined) exchange.record.team = consumer.team;
    // A key with limits of its own has a book of its own.
    const holder = caller.limits ? caller : consumer;
    let known = this.#byHolder.get(holder);
    if (!known || known.team !== team || known.consumer !== consumer) this.#byHolder.set(holder, (known = { team, consumer, limits: this.#ofConsumer(consumer, caller, team) }));
    return known.limits;
  }

  #ofConsumer(consumer: KnownConsumer, caller: Caller, team: Team | undefined): CompiledLimits | null {
    return compileLimits([
      { owner: "key", keyPrefix: `key:${consumer.name}/${caller.key}`, limits: caller.limits ?? [] },
      { owner: "team", keyPrefix: `team:${consumer.team}`, limits: team?.limits ?? [] },
      { owner: "consumer", keyPrefix: `consumer:${consumer.name}`, limits: consumer.limits },
      { owner: "service", keyPrefix: `service:${this.service}:consumer:${consumer.name}`, limits: this.#plan.limits },
    ]);
  }

  #ofAddress(address: string): CompiledLimits | null {
    return compileLimits([{ owner: "service", keyPrefix: `service:${this.service}:address:${address}`, limits: this.#plan.limits }]);
  }
}
