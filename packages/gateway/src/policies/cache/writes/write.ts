/**
 * Hot path of services with a cache. A write: from before it is sent until before it is answered nobody gets or keeps what it may
 * change, in any worker. What it did is out of date whether it is known to have succeeded or not.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { baseUrl } from "../../../exchange/host.ts";
import { resourcePath } from "../../../exchange/resource-path.ts";
import { sayStatus } from "../answers/cache-status.ts";
import type { CompiledCache } from "../cache-plan.ts";
import { type Effect, effectsOf, effectsOfAnswer, type Written } from "./effects.ts";

export function cachedWrite(plan: CompiledCache, exchange: Exchange, sink: AnswerSink): void | Promise<void> {
  sayStatus(exchange, "fwd=method");
  const written = { method: exchange.method, path: resourcePath(exchange.path), servicePath: plan.path, origin: baseUrl(exchange), versionPath: exchange.versionPath };
  const write = new Write(plan, written, sink);
  // Whatever becomes of it, it ends; one whose caller has gone may still be carried out.
  exchange.onEnded(() => write.over());
  if (write.ready === null) return plan.next(exchange, write);
  return write.ready.then(() => plan.next(exchange, write));
}

/** Of others nobody knows, or they say that what is there is not what somebody thought. */
const changingNothing: ReadonlySet<number> = new Set([400, 401, 402, 403, 405, 406, 407, 411, 413, 414, 415, 416, 417, 421, 422, 424, 428, 429, 431]);

class Write implements AnswerSink {
  readonly ready: Promise<void> | null;
  readonly #plan: CompiledCache;
  readonly #written: Written;
  readonly #effects: Effect[];
  readonly #sink: AnswerSink;
  readonly #number: number;
  #ended = false;
  /** What waits until all workers have heard of the write; null once nothing waits. */
  #held: (() => void)[] | null = null;
  #onDrain: (() => void) | null = null;

  constructor(plan: CompiledCache, written: Written, sink: AnswerSink) {
    this.#plan = plan;
    this.#written = written;
    this.#sink = sink;
    this.#effects = effectsOf(written, plan.settings.invalidates);
    const { write, ready } = plan.caches.begin(plan.service, this.#effects);
    this.#number = write;
    this.ready = ready;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status < 200) return this.#sink.head(status, rawHeaders, statusText);
    const outdated = changingNothing.has(status) ? [] : [...this.#effects, ...effectsOfAnswer(rawHeaders, this.#written)];
    this.#whenHeard(this.#end(outdated), () => this.#sink.head(status, rawHeaders, statusText));
  }

  data(chunk: Buffer): boolean {
    if (this.#held === null) return this.#sink.data(chunk);
    this.#held.push(() => this.#sink.data(chunk));
    return false;
  }

  end(rawTrailers?: string[]): void {
    if (this.#held === null) this.#sink.end(rawTrailers);
    else this.#held.push(() => this.#sink.end(rawTrailers));
  }

  fault(refusal: Refusal): void {
    if (this.#held !== null) return void this.#held.push(() => this.#sink.fault(refusal));
    if (this.#ended) return this.#sink.fault(refusal);
    this.#whenHeard(this.#failed(refusal.code === "upstream-unreachable" || refusal.code === "upstream-refused"), () => this.#sink.fault(refusal));
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
    this.#sink.onDrain(callback);
  }

  over(): void {
    if (!this.#ended) void this.#failed(false);
  }

  #whenHeard(heard: Promise<void> | null, answer: () => void): void {
    if (heard === null) return answer();
    this.#held = [answer];
    void heard.then(() => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const step of held) step();
      this.#onDrain?.();
    });
  }

  #end(outdated: readonly Effect[]): Promise<void> | null {
    this.#ended = true;
    return this.#plan.caches.end(this.#plan.service, this.#number, outdated);
  }

  /** The service may have it and still carry it out, so nothing is kept until that is out of the question. */
  #failed(isNotSent: boolean): Promise<void> | null {
    if (isNotSent) return this.#end([]);
    this.#ended = true;
    setTimeout(() => void this.#end(this.#effects), this.#plan.settleMs).unref();
    return this.#plan.caches.outdate(this.#plan.service, this.#effects);
  }
}
