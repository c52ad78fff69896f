import type { FinishReason } from "../../conversation/answer.ts";

const unifiedReasons: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop",
  length: "length",
  /** The model's context is full. */
  model_length: "length",
  tool_calls: "tool-calls",
  content_filter: "content-filter",
  error: "error",
};

export function finishReason(raw: string): FinishReason {
  return { unified: unifiedReasons[raw] ?? "unknown", raw };
}
