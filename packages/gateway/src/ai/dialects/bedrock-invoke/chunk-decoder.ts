// Hot path: every chunk of an invocation's stream from Bedrock.
/**
 * Decodes an invocation's stream: each message has a piece of the model's own stream as base64, and the last one has Bedrock's
 * counts, whoever made the model. Of Anthropic's models the pieces are events of messages, which say more.
 */
import { decoderOf, withoutIds } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { messagesStreamDecoder } from "../anthropic-messages/stream-decoder.ts";
import { errorOfException } from "../bedrock-converse/error.ts";
import { converseStreamDecoder } from "../bedrock-converse/stream.ts";
import { finishIn, textIn } from "./native-answer.ts";
import { metricsMember, usageOfMetrics } from "./usage.ts";

const exceptionMark = "exception:";
/** The first message of a stream of Converse. */
export const converseBegins = "messageStart";
const nothing: readonly StreamEvent[] = [];

/** The text of a piece; an error where the message is an exception or garbage. Null for messages that have none. */
export function pieceOf(frame: Frame): string | Extract<StreamEvent, { type: "error" }> | null {
  if (frame.event.startsWith(exceptionMark)) return { type: "error", error: errorOfException(frame.event.slice(exceptionMark.length), tryParseJson(frame.data) ?? frame.data) };
  if (frame.event !== "chunk") return null;
  const bytes = asText(asObject(tryParseJson(frame.data))?.["bytes"]);
  if (bytes === undefined) return { type: "error", error: brokenAnswer("Bedrock's stream holds a chunk without bytes", frame.data.slice(0, 500)) };
  return Buffer.from(bytes, "base64").toString("utf8");
}

/** Without a context for a stream that is passed on as it is, so that nobody has to know what was not read. */
export function messagesChunkDecoder(context: DecodingContext = withoutIds): StreamDecoder {
  const events = messagesStreamDecoder(context);
  return {
    step(frame) {
      const piece = pieceOf(frame);
      if (piece === null) return nothing;
      return typeof piece === "string" ? events.step({ event: "", data: piece }) : [piece];
    },
    finish: () => events.finish(),
  };
}

/** In whichever of Bedrock's two forms the stream turns out to be. */
export function eitherDecoder(context: DecodingContext): StreamDecoder {
  let chosen: StreamDecoder | null = null;
  const choose = (frame: Frame): StreamDecoder => (chosen ??= frame.event === converseBegins ? converseStreamDecoder(context) : messagesChunkDecoder(context));
  return { step: (frame) => choose(frame).step(frame), finish: () => chosen?.finish() ?? nothing };
}

interface NativeState {
  phase: "before" | "running" | "over";
}

export function nativeChunkDecoder(): StreamDecoder {
  return decoderOf<NativeState>({ phase: "before" }, stepNative, () => nothing);
}

function stepNative(state: NativeState, frame: Frame): readonly StreamEvent[] {
  if (state.phase === "over") return nothing;
  const piece = pieceOf(frame);
  if (piece === null) return nothing;
  const body = typeof piece === "string" ? tryParseJson(piece) : undefined;
  if (typeof piece === "string" && isObject(body)) return stepPiece(state, body, piece);
  state.phase = "over";
  return [typeof piece === "string" ? { type: "error", error: brokenAnswer("a chunk of Bedrock's stream is not a JSON object", piece.slice(0, 500)) } : piece];
}

function stepPiece(state: NativeState, body: JsonObject, piece: string): readonly StreamEvent[] {
  const events: StreamEvent[] = state.phase === "before" ? [{ type: "start" }, { type: "block-start", choice: 0, block: 0, content: { type: "text" } }] : [];
  state.phase = "running";
  const metrics = asObject(body[metricsMember]);
  // What is in no known place was said all the same.
  const text = textIn(body) || (metrics ? "" : piece);
  if (text !== "") events.push({ type: "text-delta", choice: 0, block: 0, text });
  const reason = finishIn(body);
  if (reason) events.push({ type: "finish", choice: 0, reason });
  if (!metrics) return events;
  state.phase = "over";
  return [...events, { type: "usage", usage: usageOfMetrics(metrics) }, { type: "end" }];
}
