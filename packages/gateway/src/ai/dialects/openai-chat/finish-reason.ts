import type { FinishReason } from "../../conversation/answer.ts";

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop", length: "length", tool_calls: "tool-calls", function_call: "tool-calls", content_filter: "content-filter", error: "error",
  // Older servers of open models.
  eos: "stop", end_turn: "stop",
};

export function parseFinishReason(raw: string): FinishReason {
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

/** The provider's own word, where the four have none for it: a call that the model got wrong, say, is no plain stop. */
export function nativeFinishReason(reason: FinishReason): { native_finish_reason?: string } {
  return reason.unified === "error" || reason.unified === "pause" || (reason.unified === "unknown" && reason.raw !== "") ? { native_finish_reason: reason.raw } : {};
}
