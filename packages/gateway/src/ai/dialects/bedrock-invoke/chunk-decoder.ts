// Hot path: every chunk of an invocation's stream from Bedrock.
/**
 * Decodes an invocation's stream: each message has a piece of the model's own stream as base64, and the last one has Bedrock's
 * counts, whoever made the model. Of Anthropic's models the pieces are events of messages, which say more.
 */
import { withoutIds } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { messagesStreamDecoder } from "../anthropic-messages/stream-decoder.ts";
import { exceptionIn } from "../bedrock-converse/error.ts";
import { converseStreamDecoder } from "../bedrock-converse/stream-decoder.ts";
import { broken, decoderOf, nothing } from "../decoding/json-decoder.ts";
import { finishIn, textIn } from "./native-answer.ts";
import { metricsMember, usageOfMetrics } from "./usage.ts";

/** The first message of a stream of Converse. */
export const converseBegins = "messageStart";

/** The text of a piece; an error where the message is an exception or garbage. Null for messages that have none. */
export function pieceOf(frame: Frame): string | Extract<StreamEvent, { type: "error" }> | null {
  const body = tryParseJson(frame.data);
  const error = exceptionIn(body, frame);
  if (error) return { type: "error", error };
  if (frame.event !== "chunk") return null;
  const bytes = asText(asObject(body)?.["bytes"]);
  if (bytes === undefined) return { type: "error", error: brokenAnswer("Bedrock's stream holds a chunk without bytes", frame.data.slice(0, 500)) };
  return Buffer.from(bytes, "base64").toString("utf8");
}

/** Without a context for a stream that is passed on as it is, so that nobody has to know what was not read. */
export function messagesChunkDecoder(context: DecodingContext = withoutIds): StreamDecoder {
  const events = messagesStreamDecoder(context);
  return decoderOf((frame) => {
    const piece = pieceOf(frame);
    if (piece === null) return nothing;
    return typeof piece === "string" ? events.step({ event: "", data: piece }) : [piece];
  }, () => events.finish());
}

/** In whichever of Bedrock's two forms the stream turns out to be. */
export function eitherDecoder(context: DecodingContext): StreamDecoder {
  let chosen: StreamDecoder | null = null;
  const choose = (frame: Frame): StreamDecoder => (chosen ??= frame.event === converseBegins ? converseStreamDecoder(context) : messagesChunkDecoder(context));
  return { step: (frame) => choose(frame).step(frame), finish: () => chosen?.finish() ?? nothing };
}

interface NativeState {
  started: boolean;
}

export function nativeChunkDecoder(): StreamDecoder {
  const state: NativeState = { started: false };
  return decoderOf((frame) => stepNative(state, frame), () => nothing);
}

function stepNative(state: NativeState, frame: Frame): readonly StreamEvent[] {
  const piece = pieceOf(frame);
  if (piece === null) return nothing;
  if (typeof piece !== "string") return [piece];
  const body = tryParseJson(piece);
  return isObject(body) ? stepPiece(state, body, piece) : broken("a chunk of Bedrock's stream is not a JSON object", piece.slice(0, 500));
}

function stepPiece(state: NativeState, body: JsonObject, piece: string): readonly StreamEvent[] {
  const events: StreamEvent[] = state.started ? [] : [{ type: "start" }, { type: "block-start", choice: 0, block: 0, content: { type: "text" } }];
  state.started = true;
  const metrics = asObject(body[metricsMember]);
  // What is in no known place was said all the same.
  const text = textIn(body) || (metrics ? "" : piece);
  if (text !== "") events.push({ type: "text-delta", choice: 0, block: 0, text });
  const reason = finishIn(body);
  if (reason) events.push({ type: "finish", choice: 0, reason });
  if (!metrics) return events;
  return [...events, { type: "usage", usage: usageOfMetrics(metrics) }, { type: "end" }];
}
