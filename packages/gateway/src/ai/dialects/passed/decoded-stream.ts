// Hot path: every chunk of a stream that is passed through and decoded on its way.
/**
 * A stream on its way through from a provider to a caller of the same dialect: each piece goes on as it came once the
 * dialect's decoder has read it, and one that is an error does not. For dialects whose events are few enough to be parsed;
 * hides the framing, and may import the conversation model and `framing/`.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError, StreamDecoder } from "../../conversation/dialect.ts";
import type { PassThroughStream } from "../../conversation/pass-through.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { isContent } from "../../conversation/stream-event.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { errorOfBytes } from "../../framing/broken-bytes.ts";
import type { Piece, PieceReader } from "./pieces.ts";

export interface DecodedStreamParts {
  pieces: PieceReader;
  decoder: StreamDecoder;
  /** How an error is told in the dialect's own framing; absent where that is server-sent events. */
  fail?: (error: CallerError) => Buffer;
  /** A piece with what has to change in it. */
  rewrite?: (piece: Buffer) => Buffer;
}

const empty = Buffer.alloc(0);

export class DecodedStream implements PassThroughStream {
  readonly #parts: DecodedStreamParts;
  readonly fail?: (error: CallerError) => Buffer;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
  saidLength = 0;

  constructor(parts: DecodedStreamParts) {
    this.#parts = parts;
    if (parts.fail) this.fail = parts.fail;
  }

  push(chunk: Buffer): Buffer {
    return this.error ? empty : this.#sound(() => this.#pass(this.#parts.pieces.push(chunk)));
  }

  finish(): Buffer {
    if (this.error) return empty;
    const rest = this.#sound(() => this.#pass(this.#parts.pieces.finish()));
    if (!this.error && !this.ended) this.#read(this.#parts.decoder.finish());
    return rest;
  }

  #sound(pass: () => Buffer): Buffer {
    try {
      return pass();
    } catch (error) {
      this.error = errorOfBytes(error);
      return empty;
    }
  }

  #pass(pieces: readonly Piece[]): Buffer {
    const { rewrite, decoder } = this.#parts;
    const sound: Buffer[] = [];
    for (const { bytes, frame } of pieces) {
      if (frame) this.#read(decoder.step(frame));
      if (this.error) break;
      // What follows the end is the provider's own last word.
      sound.push(rewrite && frame ? rewrite(bytes) : bytes);
    }
    return sound.length === 1 ? (sound[0] as Buffer) : Buffer.concat(sound);
  }

  #read(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (event.type === "error") this.error = event.error;
      else if (event.type === "usage") this.usage = event.usage;
      else if (event.type === "finish") this.finishReason ??= event.reason;
      else if (event.type === "end") this.ended = true;
      else if (!this.hasContent && isContent(event)) this.hasContent = true;
      if (event.type === "text-delta") this.saidLength += event.text.length;
      else if (event.type === "arguments-delta") this.saidLength += event.json.length;
    }
  }
}
