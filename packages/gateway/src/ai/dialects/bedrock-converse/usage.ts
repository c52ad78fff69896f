/** Token counts. Bedrock's input excludes what was read from the cache and written to it; ours includes both. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** `serviceTier` stands beside the counts, as an object. */
export function readUsage(usage: JsonObject, serviceTier?: JsonValue): Usage {
  const cacheRead = asCount(usage["cacheReadInputTokens"]);
  const cacheWrite = asCount(usage["cacheWriteInputTokens"]);
  const written = asObjects(usage["cacheDetails"]);
  return {
    inputTokens: (asCount(usage["inputTokens"]) ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: asCount(usage["outputTokens"]) ?? 0,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite5mTokens: writtenFor(written, "5m"),
    cacheWrite1hTokens: writtenFor(written, "1h"),
    serviceTier: asText(asObject(serviceTier)?.["type"]),
  };
}

function writtenFor(details: readonly JsonObject[], ttl: string): number | undefined {
  return asCount(details.find((detail) => detail["ttl"] === ttl)?.["inputTokens"]);
}
