// Hot path: every piece of an answer that a webhook is asked about.
/**
 * Holds an answer back until a webhook has allowed what it says: a whole one until its end, a stream piece by piece. Nothing
 * goes out that was not allowed. A refused answer that has not begun is an error; one that has ends with an error event.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { failureOfRefusal } from "../calls/call-failure.ts";
import { sseText } from "../framing/sse-writer.ts";
import type { SaidTap } from "./said-tap.ts";

export interface AnswerGateParts {
  call: AiCall;
  tap: SaidTap;
  /** So many more characters are asked about at once, in a stream. */
  everyCharacters: number;
  /** Null where it may go on. */
  ask: (isDone: boolean) => Promise<Refusal | null>;
}

/** So much is held before a provider is asked to pause. */
const manyBytes = 256 * 1024;

export class AnswerGate implements AnswerSink {
  readonly #parts: AnswerGateParts;
  readonly #sink: AnswerSink;
  #head: { status: number; rawHeaders: string[]; statusText: string | undefined } | null = null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #allowedLength = 0;
  #state: "waiting" | "open" | "refused" = "waiting";
  /** Something has gone out. */
  #hasBegun = false;
  #isAsking = false;
  #trailers: string[] | undefined;
  #hasEnded = false;
  #resume: () => void = () => {};
  #decide: (isAllowed: boolean) => void = () => {};
  /** Whether all of it was allowed, once that is known. */
  readonly allowed = new Promise<boolean>((resolve) => (this.#decide = resolve));

  constructor(sink: AnswerSink, parts: AnswerGateParts) {
    this.#sink = sink;
    this.#parts = parts;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status < 200) return this.#sink.head(status, rawHeaders, statusText);
    const { call } = this.#parts;
    // An error says nothing that a model said, and what was kept has been allowed.
    if (status >= 300 || call.exchange.record.cache === "hit") {
      this.#state = "open";
      return this.#sink.head(status, rawHeaders, statusText);
    }
    this.#head = { status, rawHeaders, statusText };
  }

  data(chunk: Buffer): boolean {
    if (this.#state === "open") return this.#sink.data(chunk);
    if (this.#state === "refused") return true;
    const { call, tap, everyCharacters } = this.#parts;
    // Signs of life before anything is said.
    if (call.stream && !this.#isAsking && this.#held.length === 0 && tap.length === this.#allowedLength) return this.#give([chunk]);
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (call.stream && tap.length - this.#allowedLength >= everyCharacters) this.#ask();
    return !call.stream || this.#heldBytes < manyBytes;
  }

  end(rawTrailers?: string[]): void {
    if (this.#state === "open") {
      this.#decide(true);
      return this.#sink.end(rawTrailers);
    }
    this.#hasEnded = true;
    this.#trailers = rawTrailers;
    if (this.#state === "refused") this.#sink.end();
    else this.#ask();
  }

  fault(refusal: Refusal): void {
    this.#state = "open";
    this.#held = [];
    this.#decide(false);
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#resume = callback;
    this.#sink.onDrain(callback);
  }

  #ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { ask, tap } = this.#parts;
    const isDone = this.#hasEnded;
    const { length } = tap;
    const count = this.#held.length;
    ask(isDone).then(
      (refusal) => this.#answered(refusal, { count, length, isDone }),
      (error: unknown) => this.#answered({ code: "guardrail-unavailable", detail: error instanceof Error ? error.message : String(error) }, { count, length, isDone }),
    );
  }

  #answered(refusal: Refusal | null, { count, length, isDone }: { count: number; length: number; isDone: boolean }): void {
    this.#isAsking = false;
    if (this.#state !== "waiting") return;
    if (refusal) return this.#refuse(refusal);
    this.#allowedLength = length;
    const allowed = this.#held.splice(0, count);
    this.#heldBytes = this.#held.reduce((sum, { length: bytes }) => sum + bytes, 0);
    const flows = this.#give(allowed);
    if (isDone) {
      this.#decide(true);
      return this.#sink.end(this.#trailers);
    }
    if (this.#hasEnded || this.#parts.tap.length - length >= this.#parts.everyCharacters) this.#ask();
    if (flows) this.#resume();
  }

  #give(chunks: readonly Buffer[]): boolean {
    if (this.#head) this.#sink.head(this.#head.status, this.#head.rawHeaders, this.#head.statusText);
    this.#head = null;
    this.#hasBegun = true;
    let flows = true;
    for (const chunk of chunks) flows = this.#sink.data(chunk);
    return flows;
  }

  /** The call goes on until the provider has ended, so that what it took is counted. */
  #refuse(refusal: Refusal): void {
    this.#state = "refused";
    this.#held = [];
    this.#decide(false);
    const { call } = this.#parts;
    const { record } = call.exchange;
    record.error = refusal.code;
    record.errorDetail = refusal.detail.slice(0, 500);
    const { error, fields } = failureOfRefusal(refusal);
    const told = { ...error, callId: call.exchange.id };
    if (this.#hasBegun) this.#sink.data(Buffer.from(sseText(call.caller.streamEncoder(call.encodingContext()).fail(told))));
    else {
      const body = Buffer.from(JSON.stringify(call.caller.writeError(told)));
      this.#sink.head(error.status, ["Content-Type", "application/json", "Content-Length", String(body.length), "Cache-Control", "no-store", ...fields]);
      this.#sink.data(body);
    }
    this.#resume();
    if (this.#hasEnded) this.#sink.end();
  }
}
