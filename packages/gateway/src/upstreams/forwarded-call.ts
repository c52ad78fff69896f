/**
 * Hot path (benchmarks: http, streaming). One call on its way to an upstream, with all its tries. Once the head of an
 * answer has gone to the sink the try is final; what breaks then cuts the client off, so that it never looks complete.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { isGrpc } from "../exchange/grpc.ts";
import { retryAfterMs } from "../exchange/retry-after.ts";
import { answerFields, type Locator } from "./answer-fields.ts";
import type { ForwardPlan, ForwardPorts } from "./forward-plan.ts";
import type { HedgePlan } from "./hedge/hedge-plan.ts";
import { Race, type RaceCourse } from "./hedge/race.ts";
import { publicLocation } from "./public-location.ts";
import { requestFields } from "./request-fields.ts";
import { afterFailure, afterStatus, type Repetition, type Tries } from "./retry.ts";
import { targetPath, type Target } from "./target.ts";
import type { IncomingAnswer, Sending, TransportFailure } from "./transport.ts";
import { failureWord, isUnavailable, outcomeOf, tryOutcome } from "./try-outcome.ts";
import { failureRefusal } from "./failure-refusal.ts";

export interface ForwardInput {
  service: string;
  plan: ForwardPlan;
  ports: ForwardPorts;
  exchange: Exchange;
  sink: AnswerSink;
}

type Body = Buffer | "stream" | null;

const [byHttp1, byHttp2] = [{ version: "1.1" }, { version: "2.0" }];

/** The same target again: give it a moment, and not all callers the same. */
const firstPauseMs = 25;

export class ForwardedCall implements IncomingAnswer, Locator, RaceCourse {
  #input: ForwardInput;
  #body: Body = null;
  #protocol: "http1" | "http2" = "http1";
  #asPassed = byHttp1;
  #sending: Sending | null = null;
  #target: Target | null = null;
  /** The target counts this call among those under way. */
  #occupies = false;
  #tried: Target[] = [];
  #triedSince = 0;
  #begun = false;
  #over = false;
  /** True while an answer that will be replaced by another try is thrown away. */
  #discarding = false;
  #staleRepeated = false;
  #refused = false;
  /** A try was sent, and nobody knows what became of it. */
  #mayHaveActed = false;

  constructor(input: ForwardInput) {
    this.#input = input;
  }

  start(body: Body): void {
    const { exchange, sink } = this.#input;
    this.#body = body;
    if (this.#input.plan.protocol === "http2" || isGrpc(exchange)) {
      this.#protocol = "http2";
      this.#asPassed = byHttp2;
    }
    exchange.onClientGone(() => this.#abandon());
    sink.onDrain(() => this.#sending?.resume());
    this.#input.plan.retry.called();
    this.#try(false);
  }

  head(status: number, rawHeaders: string[], statusText: string): void {
    const { exchange, sink, plan, ports, service } = this.#input;
    if (status < 200) return sink.head(status, answerFields(status, rawHeaders, this.#asPassed), statusText);
    const now = ports.monotonicMs();
    exchange.record.upstreamStatus = status;
    exchange.record.upstreamMs = now - this.#triedSince;
    exchange.step("upstream", this.#triedSince);
    ports.tried(service, "answered", exchange.route);
    plan.hedge?.took(now - this.#triedSince);
    plan.balancer.ended(this.#target as Target, isUnavailable(status) ? "unavailable" : "answered", now - this.#triedSince);
    if (plan.retry.statuses.has(status)) {
      const waitMs = retryAfterMs(rawHeaders, Date.now()) ?? 0;
      const repetition = afterStatus(plan.retry, { status, retryAfterMs: waitMs }, this.#tries());
      if (repetition !== "no") return this.#replaceAnswer(status, repetition, waitMs);
    }
    if (exchange.record.attempts > 1) this.#logAttempt({ status });
    plan.saturation?.answered(this.#triedSince);
    this.#begun = true;
    sink.head(status, answerFields(status, rawHeaders, plan.servicePath === null ? this.#asPassed : { locator: this, version: this.#asPassed.version }), statusText);
  }

  publicLocation(location: string): string {
    const { exchange, plan } = this.#input;
    const target = this.#target as Target;
    const front = (plan.servicePath ?? "") + (exchange.versionPath?.shown ?? "");
    return publicLocation(location, { target, front, askedPath: targetPath(target, exchange.rest, plan) });
  }

  data(chunk: Buffer): boolean {
    return this.#discarding || this.#input.sink.data(chunk);
  }

  end(rawTrailers: string[]): void {
    if (this.#discarding) return;
    this.#finish();
    this.#input.plan.balancer.completed(this.#target as Target);
    this.#release();
    this.#input.sink.end(rawTrailers);
  }

  failure(failure: TransportFailure): void {
    if (this.#over || this.#discarding) return;
    this.#release();
    const { exchange, sink, plan, ports, service } = this.#input;
    if (this.#begun) return this.#cut(failure);
    if (failure.kind === "timeout-first-byte") plan.saturation?.answered(this.#triedSince);
    const outcome = outcomeOf(failure);
    ports.tried(service, outcome, exchange.route);
    plan.balancer.ended(this.#target as Target, tryOutcome(failure), ports.monotonicMs() - this.#triedSince);
    exchange.step("upstream", this.#triedSince);
    this.#logAttempt({ failure: failureWord(failure) });
    // The request's body broke off, not the upstream.
    if (exchange.body.failure) return this.#refuse(exchange.body.failure);
    const repetition = afterFailure(plan.retry, failure, this.#tries());
    this.#refused ||= failure.kind === "refused";
    if (repetition !== "no") {
      this.#mayHaveActed ||= !failure.notSent;
      return this.#repeat(repetition);
    }
    exchange.record.errorDetail = failure.detail;
    sink.fault(failureRefusal(failure, this.#input.service, this.#mayHaveActed));
    this.#finish();
  }

  #try(freshConnection: boolean): void {
    const { exchange, plan, ports } = this.#input;
    if (this.#over) return;
    const target = plan.balancer.pick(exchange, this.#tried) ?? plan.balancer.pick(exchange, []);
    if (!target) return;
    this.#occupies = true;
    const delayMs = plan.hedge === null || freshConnection || !plan.hedge.mayHedge(exchange, this.#body) ? null : plan.hedge.delayMs;
    this.became(target, ports.monotonicMs());
    if (delayMs === null) this.#sending = this.#send(target, { answer: this, freshConnection });
    else this.#sending = new Race(this, this, { first: target, delayMs, max: (plan.hedge as HedgePlan).max });
  }

  send(target: Target, answer: IncomingAnswer): Sending {
    return this.#send(target, { answer, freshConnection: false });
  }

  another(tried: readonly Target[]): Target | null {
    const { exchange, plan } = this.#input;
    if (plan.saturation?.hasRoom === false || plan.retry.left < 1) return null;
    const target = plan.targets.length === 1 ? plan.balancer.pick(exchange, []) : plan.balancer.pick(exchange, [...this.#tried, ...tried]);
    if (target !== null) plan.retry.take();
    return target;
  }

  became(target: Target, since: number): void {
    this.#target = target;
    this.#triedSince = since;
    this.#input.exchange.record.upstream = target.origin;
  }

  lost(target: Target, since: number, why: TransportFailure | number | null): void {
    const { plan, ports, service } = this.#input;
    const durationMs = ports.monotonicMs() - since;
    plan.balancer.released(target);
    if (why === null) {
      plan.balancer.outrun(target, durationMs);
      plan.hedge?.took(durationMs);
    } else plan.balancer.ended(target, typeof why === "number" ? "unavailable" : tryOutcome(why), durationMs);
    ports.tried(service, why === null ? "hedge-lost" : typeof why === "number" ? "answered" : outcomeOf(why), this.#input.exchange.route);
    this.#logAttempt(why === null ? { failure: "hedge-lost" } : typeof why === "number" ? { status: why, failure: "status" } : { failure: failureWord(why) }, { target, since });
  }

  monotonicMs(): number {
    return this.#input.ports.monotonicMs();
  }

  #send(target: Target, { answer, freshConnection }: { answer: IncomingAnswer; freshConnection: boolean }): Sending {
    const { exchange, plan, ports } = this.#input;
    exchange.record.attempts++;
    const rawHeaders = requestFields(exchange, target, plan.credentials);
    plan.rewrite?.fields(rawHeaders);
    if (this.#body === "stream" && exchange.body.length !== null) rawHeaders.push("Content-Length", String(exchange.body.length));
    return ports.transport.send(
      {
        origin: target.origin,
        method: exchange.method,
        path: targetPath(target, exchange.rest, plan),
        rawHeaders,
        body: this.#body === "stream" ? exchange.body.stream : this.#body,
        timeouts: plan.timeouts,
        freshConnection,
        identity: plan.identity,
        protocol: this.#protocol,
      },
      answer,
    );
  }

  #tries(): Tries {
    const { exchange, plan } = this.#input;
    const current = this.#target as Target;
    const { targets } = plan;
    return {
      method: exchange.method,
      keyed: exchange.headers["idempotency-key"] !== undefined,
      // The one on a fresh connection took the place of one that never reached anybody.
      made: exchange.record.attempts - (this.#staleRepeated ? 1 : 0) - (this.#refused ? 1 : 0),
      held: this.#body !== "stream",
      repeatable: this.#body !== "stream" && exchange.sentOnce !== true,
      otherTarget: targets.length > 1 && targets.some((target) => target !== current && !this.#tried.includes(target)),
      staleRepeated: this.#staleRepeated,
      refusedBefore: this.#refused,
    };
  }

  #replaceAnswer(status: number, repetition: Repetition, waitMs: number): void {
    this.#logAttempt({ status, failure: "status" });
    this.#discarding = true;
    this.#sending?.abort();
    this.#discarding = false;
    this.#release();
    this.#repeat(repetition, waitMs);
  }

  #repeat(repetition: Repetition, leastPauseMs = 0): void {
    if (repetition === "fresh-connection") {
      this.#staleRepeated = true;
      return this.#try(true);
    }
    if (repetition === "other-target") {
      this.#tried.push(this.#target as Target);
      return this.#try(false);
    }
    const { ports, exchange } = this.#input;
    const pauseMs = firstPauseMs * 2 ** Math.min(6, exchange.record.attempts - 1) * (0.5 + ports.random());
    setTimeout(() => this.#try(false), Math.max(leastPauseMs, pauseMs));
  }

  #logAttempt(outcome: { status?: number; failure?: string }, { target, since } = { target: this.#target as Target, since: this.#triedSince }): void {
    const { record, startedAt } = this.#input.exchange;
    record.attemptLog ??= [];
    record.attemptLog.push({ target: target.origin, startMs: since - startedAt, durationMs: this.#input.ports.monotonicMs() - since, ...outcome });
  }

  /** The answer had begun: the client must not take what it has for the whole. */
  #cut(failure: TransportFailure): void {
    this.#finish();
    const { exchange, sink, plan } = this.#input;
    plan.balancer.cutShort(this.#target as Target);
    exchange.record.cutBy = "upstream";
    exchange.record.errorDetail = failure.detail;
    sink.fault(failureRefusal(failure, this.#input.service));
  }

  #refuse(refusal: Refusal): void {
    this.#finish();
    this.#input.sink.fault(refusal);
  }

  #abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.#release();
    this.#sending?.abort();
  }

  /** No try follows. */
  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#input.plan.saturation?.released();
  }

  #release(): void {
    if (!this.#occupies) return;
    this.#occupies = false;
    this.#input.plan.balancer.released(this.#target as Target);
  }
}
