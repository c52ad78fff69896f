import type { FinishReason } from "../../conversation/answer.ts";
import { asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop", stop_sequence: "stop-sequence", max_tokens: "length", model_context_window_exceeded: "length",
  tool_use: "tool-calls", pause_turn: "pause", compaction: "pause", refusal: "refusal",
};

/** The provider's own word where it is one of this dialect's: a full window is not a limit that the caller set. */
export function ownStopReason({ unified, raw }: FinishReason): string | undefined {
  return unifiedOf[raw] === unified ? raw : undefined;
}

/** From an object with `stop_reason` and `stop_sequence`. */
export function parseStopReason(object: JsonObject): FinishReason {
  const raw = asText(object["stop_reason"]) ?? "";
  return { unified: unifiedOf[raw] ?? "unknown", raw, stopSequence: asText(object["stop_sequence"]) };
}
