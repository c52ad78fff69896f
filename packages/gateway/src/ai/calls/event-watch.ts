// Hot path: every chunk of a stream of audio or image events.
/**
 * Looks at events on their way through, without changing them: what they say of usage, whether the last one was the end,
 * whether one is an error. For the streams of images, speech and transcripts, which all name their events alike.
 */
import type { Usage } from "../conversation/answer.ts";
import { asObject, asText, tryParseJson } from "../conversation/json.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { parseEmbeddedError } from "../dialects/openai-chat/errors.ts";
import type { FrameReader } from "../framing/frame-reader.ts";
import { LineTooLongError } from "../framing/line-splitter.ts";
import { sseReader } from "../framing/readers.ts";
import { mediaUsage } from "./media-usage.ts";

/** Events that hold a picture or a sound are not parsed: what matters stands in short ones, or at an event's end. */
const tailLength = 4096;

export class EventWatch {
  readonly #reader: FrameReader = sseReader();
  usage: Usage | undefined;
  /** The first error that an event told of. */
  error: ProviderError | null = null;
  hasEvent = false;
  /** The event seen last is one with which such a stream may end. */
  atEnd = false;

  push(chunk: Buffer): void {
    try {
      for (const { event, data } of this.#reader.push(chunk)) this.#look(event, data);
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      this.error ??= brokenAnswer(error.message);
    }
  }

  finish(): void {
    for (const { event, data } of this.#reader.finish()) this.#look(event, data);
  }

  #look(event: string, data: string): void {
    this.hasEvent = true;
    const value = data.length <= tailLength || data.includes('"usage"', data.length - tailLength) ? asObject(tryParseJson(data)) : undefined;
    const type = asText(value?.["type"]) ?? (event || (/"type"\s*:\s*"([\w.]{1,80})"/.exec(data.slice(0, 200))?.[1] ?? ""));
    this.atEnd = data === "[DONE]" || /\.(?:done|completed)$/.test(type);
    const error = value?.["error"];
    if (value && (type === "error" || (error !== undefined && error !== null))) this.error ??= parseEmbeddedError(asObject(error) ? value : { error: value });
    this.usage = mediaUsage(value?.["usage"]) ?? this.usage;
  }
}
