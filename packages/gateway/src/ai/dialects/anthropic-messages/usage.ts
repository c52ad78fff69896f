/** Token counts. Anthropic's input excludes what was read from the cache and written to it; ours includes both. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

/** `usage` as the API has it; in a stream the members of a later one replace those of an earlier one before it is read. */
export function parseMessagesUsage(usage: JsonObject): Usage {
  const cacheRead = asCount(usage["cache_read_input_tokens"]);
  const cacheWrite = asCount(usage["cache_creation_input_tokens"]);
  const written = asObject(usage["cache_creation"]);
  return {
    inputTokens: (asCount(usage["input_tokens"]) ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: asCount(usage["output_tokens"]) ?? 0,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite5mTokens: asCount(written?.["ephemeral_5m_input_tokens"]),
    cacheWrite1hTokens: asCount(written?.["ephemeral_1h_input_tokens"]),
    reasoningTokens: asCount(asObject(usage["output_tokens_details"])?.["thinking_tokens"]),
    webSearchRequests: asCount(asObject(usage["server_tool_use"])?.["web_search_requests"]),
    serviceTier: asText(usage["service_tier"]),
  };
}
