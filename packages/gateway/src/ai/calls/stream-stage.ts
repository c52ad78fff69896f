// Hot path: every chunk of a translated stream (benchmark: ai-translated-stream).
/** A translated stream: the provider's bytes in, the caller's bytes out. The same shape as a stream that is passed through. */
import type { FinishReason, Usage } from "../conversation/answer.ts";
import type { CallerError, StreamDecoder, StreamEncoder } from "../conversation/dialect.ts";
import type { PassThroughStream } from "../conversation/pass-through.ts";
import { refusedAnswer } from "../conversation/provider-error.ts";
import type { EventGuard } from "../guardrails/output-guard.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { isContent } from "../conversation/stream-event.ts";
import type { StreamEvent } from "../conversation/stream-event.ts";
import { errorOfBytes } from "../framing/broken-bytes.ts";
import type { FrameReader } from "../framing/frame-reader.ts";
import { warningFields } from "../conversation/translation-notes.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import type { UnsaidOfStream } from "../conversation/unsaid-answer.ts";
import { sseComments, sseKeepAlive, sseText } from "../framing/sse-writer.ts";

const empty = Buffer.alloc(0);

export interface TranslatedStreamParts {
  readonly reader: FrameReader;
  readonly decoder: StreamDecoder;
  readonly encoder: StreamEncoder;
  /** Notes what the caller's dialect has no words for; absent where nobody wants to know. */
  readonly unsaid?: UnsaidOfStream;
  readonly guard?: EventGuard;
}

export class TranslatedStream implements PassThroughStream {
  readonly #reader: FrameReader;
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #guard: EventGuard | null;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
  /** What the caller's dialect could not say of the answer. */
  readonly notes: TranslationNotes | undefined;
  readonly #unsaid: UnsaidOfStream | undefined;

  constructor(parts: TranslatedStreamParts) {
    this.#reader = parts.reader;
    this.#decoder = parts.decoder;
    this.#encoder = parts.encoder;
    this.#guard = parts.guard ?? null;
    this.#unsaid = parts.unsaid;
    this.notes = parts.unsaid?.notes;
  }

  push(chunk: Buffer): Buffer {
    return this.#translated(() => this.#reader.push(chunk));
  }

  finish(): Buffer {
    const rest = this.#translated(() => this.#reader.finish());
    if (this.error || this.ended) return rest;
    const last = this.#sound(() => Buffer.from(this.#encode(this.#decoder.finish())));
    return last.length === 0 ? rest : Buffer.concat([rest, last]);
  }

  fail(error: CallerError): Buffer {
    return Buffer.from(sseText(this.#encoder.fail(error)));
  }

  #translated(read: () => ReturnType<FrameReader["push"]>): Buffer {
    return this.#sound(() => this.#translate(read()));
  }

  #sound(translate: () => Buffer): Buffer {
    try {
      return translate();
    } catch (error) {
      this.error = errorOfBytes(error);
      return empty;
    }
  }

  #translate(frames: ReturnType<FrameReader["push"]>): Buffer {
    let text = "";
    for (const frame of frames) {
      if (this.error || this.ended) break;
      text += this.#encode(this.#decoder.step(frame));
    }
    return text === "" ? empty : Buffer.from(text);
  }

  #encode(events: readonly StreamEvent[]): string {
    let text = "";
    for (const event of events) {
      if (event.type === "error") {
        this.error = event.error;
        return text;
      }
      this.#read(event);
      if (this.#unsaid) {
        this.#unsaid.step(event);
        if (event.type === "end") text += sseComments(warningFields(this.#unsaid.notes));
      }
      if (this.#guard) {
        text += this.#guarded(this.#guard, event);
        if (this.error) return text;
        continue;
      }
      text += event.type === "keep-alive" ? sseKeepAlive : sseText(this.#encoder.step(event));
    }
    return text;
  }

  #guarded(guard: EventGuard, event: StreamEvent): string {
    if (event.type === "keep-alive") return sseKeepAlive;
    const text = guard.step(event).map((given) => sseText(this.#encoder.step(given))).join("");
    if (guard.refusal) this.error = refusedAnswer(guard.refusal, this.usage);
    return text;
  }

  #read(event: StreamEvent): void {
    if (!this.hasContent && isContent(event)) this.hasContent = true;
    if (event.type === "usage") this.usage = event.usage;
    else if (event.type === "finish") this.finishReason ??= event.reason;
    else if (event.type === "end") this.ended = true;
  }
}
