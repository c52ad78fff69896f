/** A stream of what was counted when it was made: it passes as any other, and is billed for nothing, also where it is cut. */
import type { FinishReason, Usage } from "../conversation/answer.ts";
import type { CallerError } from "../conversation/dialect.ts";
import type { PassThroughStream } from "../conversation/pass-through.ts";
import type { ProviderError } from "../conversation/provider-error.ts";

export class UncountedStream implements PassThroughStream {
  readonly isCounted = false;
  readonly usage: Usage | undefined;
  readonly fail: ((error: CallerError) => Buffer) | undefined;
  readonly #stream: PassThroughStream;

  constructor(stream: PassThroughStream) {
    this.#stream = stream;
    this.fail = stream.fail?.bind(stream);
  }

  push(chunk: Buffer): Buffer {
    return this.#stream.push(chunk);
  }

  finish(): Buffer {
    return this.#stream.finish();
  }

  get hasContent(): boolean {
    return this.#stream.hasContent;
  }

  get ended(): boolean {
    return this.#stream.ended;
  }

  get error(): ProviderError | null {
    return this.#stream.error;
  }

  get finishReason(): FinishReason | undefined {
    return this.#stream.finishReason;
  }
}
