// Hot path: every answer that is no stream (benchmark: ai-pass-through).
/** Relays a whole answer: nothing is sent before all of it has come and was found to be an answer. */
import type { AnswerRelay, Settle } from "./answer-relay.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfProvider } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import type { FinishReason, Usage } from "../conversation/answer.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";

/** An answer with several images is the largest that is known. */
const maxAnswerBytes = 256 * 1024 * 1024;

export interface ReadAnswer {
  readonly body: Buffer;
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  /** Name, value, …: what the caller's dialect could not say of it. */
  readonly warnings?: readonly string[] | undefined;
}

export interface WholeRelayParts {
  call: AiCall;
  target: ModelTarget;
  /** The caller's answer from the provider's. */
  read: (body: Buffer) => ReadAnswer | ProviderError | Promise<ReadAnswer | ProviderError>;
  /** Name, value, …: what the provider and the translation say, of an answer as of an error. */
  fields: string[];
  /** Of an answer alone. */
  contentFields: readonly string[];
  settle: Settle;
}

export class WholeRelay implements AnswerRelay {
  readonly #parts: WholeRelayParts;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(parts: WholeRelayParts) {
    this.#parts = parts;
  }

  data(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= maxAnswerBytes) this.#chunks.push(chunk);
    else this.#chunks = [];
    return true;
  }

  end(): void {
    const answer = this.#bytes > maxAnswerBytes ? brokenAnswer("the answer is too large") : this.#read();
    if (answer instanceof Promise) void answer.catch(() => brokenAnswer("it could not be read")).then((read) => this.#answer(read));
    else this.#answer(answer);
  }

  /** Nesting that exhausts the stack is the provider's doing, and must not end the process. */
  #read(): ReturnType<WholeRelayParts["read"]> {
    try {
      return this.#parts.read(this.#whole());
    } catch (error) {
      if (error instanceof RangeError) return brokenAnswer("it is nested too deeply");
      throw error;
    }
  }

  broken(failure: CallFailure): void {
    this.#parts.settle(failure);
  }

  #answer(answer: ReadAnswer | ProviderError): void {
    const { call, target, fields, contentFields, settle } = this.#parts;
    if ("kind" in answer) {
      if (answer.usage) noteUsage(call, target, { usage: answer.usage, finishReason: undefined });
      return settle(failureOfProvider(answer, target, { fields }));
    }
    noteUsage(call, target, answer);
    settle(null);
    call.sink.head(200, [...fields, ...(answer.warnings ?? []), ...contentFields, "Content-Length", String(answer.body.length)]);
    call.sink.data(answer.body);
    call.sink.end();
  }

  #whole(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
  }
}
