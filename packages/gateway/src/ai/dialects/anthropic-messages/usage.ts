/** Token counts. Anthropic's input excludes what was read from the cache and written to it; ours includes both. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** Steps that are billed and that Anthropic leaves out of its sums: a summary of earlier turns, and a model that advised this one. */
const besideSums: ReadonlySet<JsonValue | undefined> = new Set(["compaction", "advisor_message"]);

/** Undefined where none of them says it. */
function sumOf(steps: readonly JsonObject[], count: (step: JsonObject) => JsonValue | undefined): number | undefined {
  const said = steps.flatMap((step) => asCount(count(step)) ?? []);
  return said.length === 0 ? undefined : said.reduce((sum, each) => sum + each, 0);
}

/** `usage` as the API has it; in a stream the members of a later one replace those of an earlier one before it is read. */
export function parseMessagesUsage(usage: JsonObject): Usage {
  const steps = [usage, ...asObjects(usage["iterations"]).filter(({ type }) => besideSums.has(type))];
  const cacheRead = sumOf(steps, (step) => step["cache_read_input_tokens"]);
  const cacheWrite = sumOf(steps, (step) => step["cache_creation_input_tokens"]);
  return {
    inputTokens: (sumOf(steps, (step) => step["input_tokens"]) ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: sumOf(steps, (step) => step["output_tokens"]) ?? 0,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite5mTokens: sumOf(steps, (step) => asObject(step["cache_creation"])?.["ephemeral_5m_input_tokens"]),
    cacheWrite1hTokens: sumOf(steps, (step) => asObject(step["cache_creation"])?.["ephemeral_1h_input_tokens"]),
    reasoningTokens: asCount(asObject(usage["output_tokens_details"])?.["thinking_tokens"]),
    webSearchRequests: asCount(asObject(usage["server_tool_use"])?.["web_search_requests"]),
    serviceTier: asText(usage["service_tier"]),
  };
}
