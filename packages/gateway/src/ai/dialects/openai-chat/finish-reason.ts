import type { FinishReason } from "../../conversation/answer.ts";
import { asText } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop", length: "length", tool_calls: "tool-calls", function_call: "tool-calls", content_filter: "content-filter", error: "error",
  // Older servers of open models, and what compatible ones have of their own: Zhipu, DeepSeek, vLLM.
  eos: "stop", eos_token: "stop", end_turn: "stop", stop_sequence: "stop-sequence", max_tokens: "length", model_context_window_exceeded: "length",
  sensitive: "content-filter", network_error: "error", insufficient_system_resource: "error", abort: "error",
};

/** OpenAI says stop where the caller had forced the call, and some servers after every call. */
export function parseChoiceFinish(choice: JsonObject, calledTools: boolean): FinishReason {
  const reason = parseFinishReason(asText(choice["finish_reason"]) ?? "", choice["stop_reason"]);
  return reason.unified === "stop" && calledTools ? { ...reason, unified: "tool-calls" } : reason;
}

/** vLLM tells in `stop_reason` which of the stop sequences it was, or which token by its number. */
export function parseFinishReason(raw: string, stopReason?: JsonValue): FinishReason {
  if (raw === "stop" && typeof stopReason === "string") return { unified: "stop-sequence", raw, stopSequence: stopReason };
  return { unified: unifiedOf[raw] ?? "unknown", raw };
}

/** Chat completions have four words; a refusal is their content filter, and a pause or an unknown end their stop. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason.unified) {
    case "length":
      return "length";
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
    case "refusal":
      return "content_filter";
    case "stop":
    case "stop-sequence":
    case "pause":
    case "error":
    case "unknown":
      return "stop";
  }
}

/**
 * The provider's own word, where the four have none for it: a call that the model got wrong, say, is no plain stop. And the
 * stop sequence, where vLLM has it.
 */
export function nativeFinishReason(reason: FinishReason): JsonDraft {
  const { unified, raw, stopSequence } = reason;
  return {
    ...((unified === "error" || unified === "pause" || (unified === "unknown" && raw !== "")) && { native_finish_reason: raw }),
    ...(stopSequence !== undefined && { stop_reason: stopSequence }),
  };
}
