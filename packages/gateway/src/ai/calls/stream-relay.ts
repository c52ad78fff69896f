// Hot path: every chunk of every stream (benchmark: ai-stream).
/**
 * Relays a stream. What comes before the first content is held back: until then the call can still fail over, or be
 * answered with an error status. A provider that keeps alive for long without content lets go of it, so that no proxy in
 * between takes the connection for dead. An error after that is an event in the caller's dialect, and never a clean end.
 */
import type { AnswerRelay, Settle } from "./answer-relay.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfProvider } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import type { FinishReason, Usage } from "../conversation/answer.ts";
import type { PassThroughStream } from "../conversation/pass-through.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import { warningFields } from "../conversation/translation-notes.ts";
import { sseText } from "../framing/sse-writer.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteFailure, noteUsage, noteWarnings } from "../record/call-notes.ts";
import { usageOfCut } from "../record/cut-usage.ts";
import { tokensOf } from "../record/estimate.ts";
import { SaidSoFar } from "../record/said-so-far.ts";

/** Common proxies cut a connection off after 60 silent seconds. */
const holdAtMostMs = 15_000;
const maxHeldBytes = 1024 * 1024;

export interface StreamRelayParts {
  call: AiCall;
  target: ModelTarget;
  stage: PassThroughStream;
  /** Name, value, …: what the provider and the translation say, of an answer as of an error. */
  fields: readonly string[];
  /** Of an answer alone. */
  contentFields: readonly string[];
  settle: Settle;
  /** Called when the first content has come. */
  onContent: () => void;
  resume: () => void;
  /** All of a good answer has come; it ends when this resolves, which says whether the call is to count it. */
  atEnd?: (() => Promise<boolean>) | undefined;
}

export class StreamRelay implements AnswerRelay {
  readonly #parts: StreamRelayParts;
  readonly #beganAt = performance.now();
  readonly #said = new SaidSoFar();
  #held: Buffer[] = [];
  #heldBytes = 0;
  #started = false;
  #over = false;

  constructor(parts: StreamRelayParts) {
    this.#parts = parts;
  }

  data(chunk: Buffer): boolean {
    if (this.#over) return true;
    const { stage } = this.#parts;
    return this.#pass(stage.push(chunk));
  }

  end(): void {
    if (this.#over) return;
    const { stage, target, fields } = this.#parts;
    this.#pass(stage.finish());
    if (this.#over) return;
    this.#fail(failureOfProvider(brokenAnswer("the stream ended before the answer was complete"), target, { fields }));
  }

  broken(failure: CallFailure): void {
    if (this.#over) return;
    const { stage } = this.#parts;
    if (stage.hasContent && !this.#started) this.#start();
    this.#fail(failure);
  }

  #pass(bytes: Buffer): boolean {
    const { stage, target, fields } = this.#parts;
    const flows = this.#send(bytes);
    if (stage.error) this.#fail(failureOfProvider(stage.error, target, { fields }));
    else if (stage.ended) {
      if (!this.#started) this.#start();
      this.#over = true;
      const { atEnd } = this.#parts;
      if (atEnd) void atEnd().catch(() => true).then((counts) => this.#finish(counts));
      else this.#finish(true);
    }
    return flows;
  }

  #finish(counts: boolean): void {
    const { stage, call, target, settle } = this.#parts;
    noteUsage(call, target, counts ? stage : { usage: undefined, finishReason: stage.finishReason });
    if (stage.notes) noteWarnings(call, stage.notes);
    settle(null);
    // The head is long gone.
    call.sink.end(stage.notes && [...warningFields(stage.notes)]);
  }

  #send(bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    const { stage, call } = this.#parts;
    this.#said.add(bytes);
    if (this.#started) return call.sink.data(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (!stage.hasContent && this.#heldBytes < maxHeldBytes && performance.now() - this.#beganAt < holdAtMostMs) return true;
    return this.#start();
  }

  #start(): boolean {
    const { call, fields, contentFields, resume, onContent } = this.#parts;
    this.#started = true;
    onContent();
    call.sink.head(200, [...fields, ...contentFields]);
    call.sink.onDrain(resume);
    const held = this.#held;
    this.#held = [];
    return held.length === 0 ? true : call.sink.data(held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held));
  }

  /** Where nothing was said, only what the provider told is billed. */
  #cutUsage(): { usage: Usage | undefined; finishReason: FinishReason | undefined } {
    const { stage, call } = this.#parts;
    const isCounted = stage.usage !== undefined && stage.finishReason !== undefined;
    if (isCounted || !stage.hasContent || stage.isCounted === false || call.background?.isPending === true) return stage;
    return { usage: usageOfCut(call, stage.usage, stage.saidLength === undefined ? this.#said.tokens : tokensOf(stage.saidLength)), finishReason: stage.finishReason };
  }

  #fail(failure: CallFailure): void {
    const { call, stage, target, settle } = this.#parts;
    this.#over = true;
    noteUsage(call, target, this.#cutUsage());
    if (!this.#started || call.clientGone) return settle(failure);
    noteFailure(call, failure, "upstream");
    settle(null);
    const error = { ...failure.error, callId: call.exchange.id };
    call.sink.data(stage.fail?.(error) ?? Buffer.from(sseText(call.caller.streamEncoder(call.encodingContext()).fail(error))));
    call.sink.end();
  }
}
