/**
 * The copies of one mirror: a bounded number is watched, waits or is under way, each has its own time limit, and comparing
 * takes at most a tenth of the worker's time. What does not fit is dropped and counted; nothing here is waited for by a call.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import { bodyOf, derivedExchange, throwawayRecord } from "../../exchange/derived-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { takeAnswer, type Taken } from "../../exchange/whole-answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { compareAnswers, type ComparedAnswer, type ComparisonRules } from "./compare-answers.ts";
import { type CopyRequest, copyOf } from "./copy-request.ts";
import type { OpenTally } from "./mirror-book.ts";

export interface CopiesPlan extends ComparisonRules {
  /** Sends to the mirror's upstream. */
  send: Handler;
  timeoutMs: number;
  concurrent: number;
  queue: number;
  request: CopyRequest;
}

/** A call that is watched, and is copied when it has its answer. */
export interface Reserved {
  /** Null where there is nothing to compare with. */
  answered(answer: ComparedAnswer | null, upstreamMs: number | undefined): void;
}

interface Job {
  exchange: Exchange;
  answer: ComparedAnswer;
  upstreamMs: number;
}

/** So many times what a comparison took, the next one waits. */
const restFactor = 9;
const givenUp: Refusal = { code: "upstream-timeout", detail: "The mirror did not answer in time." };
const closed: Refusal = { code: "upstream-unreachable", detail: "The mirror is closed." };

export class Copies {
  readonly maxBytes: number;
  readonly #plan: CopiesPlan;
  readonly #tally: OpenTally;
  readonly #waiting: Job[] = [];
  readonly #breakOffs = new Set<(refusal: Refusal) => void>();
  /** Watched, waiting and under way. */
  #reserved = 0;
  #running = 0;
  #isClosed = false;
  /** Comparisons take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(plan: CopiesPlan, tally: OpenTally) {
    this.#plan = plan;
    this.#tally = tally;
    this.maxBytes = plan.maxBytes;
  }

  skipped(): void {
    this.#tally.current().count("skipped");
  }

  /** False, and counted, where this call is not to be copied because so many are already. */
  hasRoom(): boolean {
    if (this.#isClosed) return false;
    if (this.#reserved < this.#plan.concurrent + this.#plan.queue) return true;
    this.#tally.current().count("dropped");
    return false;
  }

  reserve(exchange: Exchange, body: Buffer): Reserved {
    this.#reserved++;
    return {
      answered: (answer, upstreamMs) => {
        if (answer === null || upstreamMs === undefined || isPart(answer.status)) {
          this.skipped();
          this.#reserved--;
        } else this.#enqueue({ exchange: this.#copied(exchange, body), answer, upstreamMs });
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#reserved -= this.#waiting.length;
    this.#waiting.length = 0;
    for (const breakOff of this.#breakOffs) breakOff(closed);
    this.#tally.close();
  }

  #copied(exchange: Exchange, body: Buffer): Exchange {
    return derivedExchange(exchange, { ...copyOf(exchange, this.#plan.request), record: throwawayRecord(exchange), answerFields: [], body: bodyOf(body), onEnded: () => {}, step: () => {} });
  }

  #enqueue(job: Job): void {
    if (this.#isClosed) this.#reserved--;
    else if (this.#running < this.#plan.concurrent) this.#start(job);
    else this.#waiting.push(job);
  }

  #start(job: Job): void {
    this.#running++;
    void this.#run(job).finally(() => {
      this.#running--;
      this.#reserved--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#start(next);
    });
  }

  async #run(job: Job): Promise<void> {
    const taken = await this.#sent(job.exchange);
    if (this.#isClosed) return;
    const tally = this.#tally.current();
    if (taken.kind === "fault") return tally.failed(taken.refusal.code);
    const { upstreamMs } = job.exchange.record;
    if (upstreamMs !== undefined) tally.took(job.upstreamMs, upstreamMs);
    const mirror: ComparedAnswer = taken.kind === "whole" ? taken.answer : { status: taken.status, rawHeaders: taken.rawHeaders, body: null };
    await this.#inTurn(() => this.#compare(job, mirror));
  }

  async #sent(exchange: Exchange): Promise<Taken> {
    const { promise: brokenOff, resolve: breakOff } = Promise.withResolvers<Refusal>();
    const timer = setTimeout(() => breakOff(givenUp), this.#plan.timeoutMs);
    this.#breakOffs.add(breakOff);
    const taken = await takeAnswer(this.#plan.send, exchange, { maxBytes: this.#plan.maxBytes, brokenOff });
    clearTimeout(timer);
    this.#breakOffs.delete(breakOff);
    return taken;
  }

  /** Resolves when it is compared; the next comparison waits for longer. */
  #inTurn(compare: () => Promise<number>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = this.#turn.then(async () => {
      const tookMs = await compare();
      resolve();
      if (tookMs > 0.1) await new Promise((done) => setTimeout(done, tookMs * restFactor).unref());
    });
    return promise;
  }

  async #compare({ exchange, answer }: Job, mirror: ComparedAnswer): Promise<number> {
    const tally = this.#tally.current();
    const { differences, bodyCompared, tookMs } = await compareAnswers(answer, mirror, this.#plan);
    if (!bodyCompared) tally.count("bodiesTooLong");
    tally.compared({ id: exchange.id, method: exchange.method, path: exchange.path }, differences);
    return tookMs;
  }
}

/** The copy asks for the whole, without conditions. */
function isPart(status: number): boolean {
  return status === 206 || status === 304 || status === 412 || status === 416;
}
