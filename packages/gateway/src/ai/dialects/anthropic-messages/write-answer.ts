/** Writes an answer as a message. */
import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { toldTier } from "../../conversation/service-tier.ts";
import { cutAtCitations } from "./cut-at-citations.ts";
import { ownStopReason } from "./finish-reason.ts";
import { writeBlock } from "./write-blocks.ts";

export function writeMessagesAnswer(answer: Answer, context: EncodingContext): JsonObject {
  const [choice] = answer.choices;
  return {
    id: answer.id ?? `msg_${context.callId}`,
    type: "message",
    role: "assistant",
    model: context.model,
    content: choice ? choice.parts.flatMap(cutAtCitations).map(writeBlock).filter((block) => block !== null) : [],
    stop_reason: choice ? writeStopReason(choice.finish) : "end_turn",
    stop_sequence: choice?.finish.stopSequence ?? null,
    usage: writeMessagesUsage(answer.usage),
  };
}

export function writeStopReason(reason: FinishReason): string {
  const own = ownStopReason(reason);
  if (own !== undefined) return own;
  switch (reason.unified) {
    case "stop-sequence":
      return "stop_sequence";
    case "length":
      return "max_tokens";
    case "tool-calls":
      return "tool_use";
    case "content-filter":
    case "refusal":
      return "refusal";
    case "pause":
      return "pause_turn";
    case "stop":
    case "error":
    case "unknown":
      return "end_turn";
  }
}

/** Input here is without what was read from the cache and written to it. */
export function writeMessagesUsage(usage: Usage | undefined): JsonObject {
  const read = usage?.cacheReadTokens ?? 0;
  const written = usage?.cacheWriteTokens ?? 0;
  const draft: JsonDraft = {
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage?.outputTokens ?? 0,
  };
  const { cacheWrite5mTokens: short, cacheWrite1hTokens: long } = usage ?? {};
  if (short !== undefined || long !== undefined) draft["cache_creation"] = { ephemeral_5m_input_tokens: short ?? 0, ephemeral_1h_input_tokens: long ?? 0 };
  if (usage?.reasoningTokens !== undefined) draft["output_tokens_details"] = { thinking_tokens: usage.reasoningTokens };
  if (usage?.webSearchRequests !== undefined) draft["server_tool_use"] = { web_search_requests: usage.webSearchRequests };
  if (usage?.serviceTier !== undefined) draft["service_tier"] = toldTier(usage.serviceTier, "standard");
  return draft;
}
