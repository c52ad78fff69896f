// Hot path: every chunk of a stream of messages that comes from Bedrock in Anthropic's own words.
/**
 * Takes the events of messages out of AWS's framing and passes them on as server-sent events; an exception is the end. A
 * stand-in for Bedrock that knows Converse alone answers with that, and its stream is translated.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { Frame } from "../../conversation/dialect.ts";
import { asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { errorOfBytes } from "../../framing/broken-bytes.ts";
import { MessagesPassThroughStream } from "../anthropic-messages/pass-through-stream.ts";
import { AwsPieces } from "../passed/pieces.ts";
import type { Piece } from "../passed/pieces.ts";
import { converseBegins, pieceOf } from "./chunk-decoder.ts";

const empty = Buffer.alloc(0);

export class InvokedStream implements PassThroughStream {
  readonly #pieces = new AwsPieces();
  readonly #translated: (() => PassThroughStream) | undefined;
  /** Whoever has the events. */
  #events: PassThroughStream;
  #isOther: boolean | undefined;
  #error: ProviderError | null = null;

  constructor(rename: string | null, translated?: () => PassThroughStream) {
    this.#events = new MessagesPassThroughStream(rename);
    this.#translated = translated;
  }

  get hasContent(): boolean {
    return this.#events.hasContent;
  }

  get ended(): boolean {
    return this.#events.ended;
  }

  get error(): ProviderError | null {
    return this.#error ?? this.#events.error;
  }

  get usage(): Usage | undefined {
    return this.#events.usage;
  }

  get finishReason(): FinishReason | undefined {
    return this.#events.finishReason;
  }

  get notes(): TranslationNotes | undefined {
    return this.#events.notes;
  }

  push(chunk: Buffer): Buffer {
    return this.error || this.ended ? empty : this.#sound(() => this.#pass(this.#pieces.push(chunk)));
  }

  finish(): Buffer {
    return this.error || this.ended ? empty : this.#sound(() => {
      this.#pieces.finish();
      return this.#events.finish();
    });
  }

  #sound(pass: () => Buffer): Buffer {
    try {
      return pass();
    } catch (error) {
      this.#error = errorOfBytes(error);
      return empty;
    }
  }

  #pass(pieces: readonly Piece[]): Buffer {
    const [first] = pieces;
    if (!first) return empty;
    this.#isOther ??= this.#choose(first);
    return this.#events.push(this.#isOther ? Buffer.concat(pieces.map(({ bytes }) => bytes)) : Buffer.from(this.#textOf(pieces)));
  }

  #choose({ frame }: Piece): boolean {
    if (frame?.event !== converseBegins || !this.#translated) return false;
    this.#events = this.#translated();
    return true;
  }

  #textOf(pieces: readonly Piece[]): string {
    let text = "";
    for (const { frame } of pieces) {
      if (this.#error) break;
      if (frame) text += this.#event(frame);
    }
    return text;
  }

  #event(frame: Frame): string {
    const piece = pieceOf(frame);
    if (piece === null) return "";
    if (typeof piece !== "string") return this.#fail(piece.error);
    const event = tryParseJson(piece);
    if (!isObject(event)) return this.#fail(brokenAnswer("a chunk of Bedrock's stream is not a JSON object", piece.slice(0, 500)));
    // A line feed would end the field's line.
    const data = /[\n\r]/.test(piece) ? JSON.stringify(event) : piece;
    return `event: ${asText(event["type"]) ?? "message"}\ndata: ${data}\n\n`;
  }

  #fail(error: ProviderError): string {
    this.#error = error;
    return "";
  }
}
