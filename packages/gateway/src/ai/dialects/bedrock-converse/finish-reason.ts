import type { FinishReason } from "../../conversation/answer.ts";

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop", stop_sequence: "stop-sequence", max_tokens: "length", model_context_window_exceeded: "length", tool_use: "tool-calls",
  guardrail_intervened: "content-filter", content_filtered: "content-filter", malformed_model_output: "error", malformed_tool_use: "error", refusal: "refusal",
};

export function finishReason(raw: string): FinishReason {
  return { unified: unifiedOf[raw] ?? "unknown", raw };
}
