// Hot path: every frame of a translated stream passes here.
/**
 * What the decoders of all streams promise, kept in one place: garbage is an error, nothing follows `end` or `error`, and a
 * member that nobody reads is named. May import the conversation model only.
 */
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import type { Known } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";

/** How a dialect reads a stream whose frames are JSON objects. The state is one stream's, and the functions may change it. */
export interface JsonStream<State> {
  readonly known: Known;
  /** An error in the place of an event; `body` is undefined where the frame is not JSON. */
  errorIn?(body: JsonValue | undefined, frame: Frame): ProviderError | undefined;
  step(state: State, body: JsonObject, frame: Frame): readonly StreamEvent[];
  /** What `[DONE]` means; it is passed over where absent. */
  done?(state: State): readonly StreamEvent[];
  /** The bytes are over before an end was told. Absent where this is never a clean end. */
  finish?(state: State): readonly StreamEvent[];
}

export const nothing: readonly StreamEvent[] = [];

/** What of a broken stream goes into the record of the error, in characters. */
const shownLength = 500;

export function jsonDecoder<State extends { readonly context: DecodingContext }>(stream: JsonStream<State>, state: State): StreamDecoder {
  return decoderOf((frame) => stepJson(stream, state, frame), () => stream.finish?.(state) ?? nothing);
}

function stepJson<State extends { readonly context: DecodingContext }>(stream: JsonStream<State>, state: State, frame: Frame): readonly StreamEvent[] {
  if (frame.data === "[DONE]") return stream.done?.(state) ?? nothing;
  const body = frame.data === "" ? undefined : tryParseJson(frame.data);
  const error = stream.errorIn?.(body, frame);
  if (error) return [{ type: "error", error }];
  // Such an event is not dispatched (HTML standard, §9.2.6).
  if (frame.data === "") return nothing;
  if (!isObject(body)) return broken("an event of the provider's stream is not a JSON object", frame.data.slice(0, shownLength));
  if (state.context.unknown) findUnknown(body, stream.known, state.context.unknown);
  return stream.step(state, body, frame);
}

/** A decoder from its step and its end, silent after `end` or `error`, which are the last of the events that they come with. */
export function decoderOf(step: (frame: Frame) => readonly StreamEvent[], finish: () => readonly StreamEvent[]): StreamDecoder {
  let isOver = false;
  return {
    step(frame) {
      if (isOver) return nothing;
      const events = step(frame);
      const last = events.at(-1)?.type;
      isOver = last === "end" || last === "error";
      return events;
    },
    finish() {
      if (isOver) return nothing;
      isOver = true;
      return finish();
    },
  };
}

/** The events of a stream that is not what the dialect promises. */
export function broken(message: string, raw: JsonValue): readonly StreamEvent[] {
  return [{ type: "error", error: brokenAnswer(message, raw) }];
}
