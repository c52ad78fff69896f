// Hot path: every chunk of an answer that is passed as it comes.
/**
 * Relays an answer that is not one JSON value: audio, a file, text, or a stream of events. Bytes go on as they come and
 * nothing is held, except that a stream of events waits for its first one, so that an error in its place can still be a
 * status. What breaks off is cut off, and a stream of events gets an error event: neither looks like an end.
 */
import type { AnswerRelay, Settle } from "./answer-relay.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfProvider } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import { EventWatch } from "./event-watch.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import { sseText } from "../framing/sse-writer.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteFailure, noteUsage } from "../record/call-notes.ts";

const maxHeldBytes = 64 * 1024;

export interface BytesRelayParts {
  call: AiCall;
  target: ModelTarget;
  /** Name, value, …: what the provider says, of an answer as of an error. */
  fields: readonly string[];
  /** Of an answer alone. */
  contentFields: readonly string[];
  settle: Settle;
  onContent: () => void;
  resume: () => void;
  isEvents: boolean;
  watch?: ByteWatch;
}

/** Looks at bytes on their way. */
export interface ByteWatch {
  push(chunk: Buffer): void;
  /** All of them have come; the answer ends when it resolves. */
  finish(): Promise<void>;
}

export class BytesRelay implements AnswerRelay {
  readonly #parts: BytesRelayParts;
  readonly #watch: EventWatch | null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #started = false;
  #over = false;

  constructor(parts: BytesRelayParts) {
    this.#parts = parts;
    this.#watch = parts.isEvents ? new EventWatch() : null;
  }

  data(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#watch?.push(chunk);
    this.#parts.watch?.push(chunk);
    if (this.#started) return this.#parts.call.sink.data(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#watch && !this.#watch.hasEvent && this.#heldBytes < maxHeldBytes) return true;
    const { error } = this.#watch ?? { error: null };
    if (!error) return this.#start();
    this.#over = true;
    this.#parts.settle(failureOfProvider(error, this.#parts.target, this.#parts));
    return true;
  }

  end(): void {
    if (this.#over) return;
    const { call, target, fields } = this.#parts;
    this.#watch?.finish();
    if (this.#watch && !this.#watch.atEnd && !this.#watch.error) {
      return this.broken(failureOfProvider(brokenAnswer("the stream ended before the answer was complete"), target, { fields }));
    }
    this.#over = true;
    if (!this.#started) this.#start();
    noteUsage(call, target, { usage: this.#watch?.usage, finishReason: undefined });
    // The provider's own event has told the caller already.
    if (this.#watch?.error) noteFailure(call, failureOfProvider(this.#watch.error, target, { fields: [] }), "upstream");
    const { watch } = this.#parts;
    if (watch) return void watch.finish().catch(() => {}).then(() => this.#finish());
    this.#finish();
  }

  #finish(): void {
    this.#parts.settle(null);
    this.#parts.call.sink.end();
  }

  broken(failure: CallFailure): void {
    if (this.#over) return;
    const { call, target, settle } = this.#parts;
    this.#over = true;
    noteUsage(call, target, { usage: this.#watch?.usage, finishReason: undefined });
    if (!this.#started || call.clientGone) return settle(failure);
    noteFailure(call, failure, "upstream");
    settle(null);
    if (!this.#watch) return call.sink.fault({ code: "provider-broken", detail: failure.error.message });
    call.sink.data(Buffer.from(sseText([{ event: "error", data: JSON.stringify({ type: "error", ...call.caller.writeError({ ...failure.error, callId: call.exchange.id }) }) }])));
    call.sink.end();
  }

  #start(): boolean {
    const { call, fields, contentFields, resume, onContent } = this.#parts;
    this.#started = true;
    onContent();
    call.sink.head(200, [...fields, ...contentFields]);
    call.sink.onDrain(resume);
    let flows = true;
    for (const chunk of this.#held) flows = call.sink.data(chunk);
    this.#held = [];
    return flows;
  }
}
