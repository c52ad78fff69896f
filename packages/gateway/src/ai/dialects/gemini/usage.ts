import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/**
 * Google counts thoughts beside the candidates' tokens and what its own tools read beside the prompt; both are billed as
 * output and input. The cached part is included in the prompt.
 */
export function readUsage(metadata: JsonObject): Usage {
  const inputTokens = count(metadata["promptTokenCount"]) + count(metadata["toolUsePromptTokenCount"]);
  const outputTokens = count(metadata["candidatesTokenCount"]) + count(metadata["thoughtsTokenCount"]);
  const totalTokens = asCount(metadata["totalTokenCount"]);
  return {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens === inputTokens + outputTokens ? undefined : totalTokens,
    cacheReadTokens: asCount(metadata["cachedContentTokenCount"]),
    reasoningTokens: asCount(metadata["thoughtsTokenCount"]),
    audioInputTokens: ofModality(metadata["promptTokensDetails"], "AUDIO"),
    imageInputTokens: ofModality(metadata["promptTokensDetails"], "IMAGE"),
    audioOutputTokens: ofModality(metadata["candidatesTokensDetails"], "AUDIO"),
    imageOutputTokens: ofModality(metadata["candidatesTokensDetails"], "IMAGE"),
    // Vertex AI calls it the type of traffic.
    serviceTier: asText(metadata["serviceTier"]) ?? asText(metadata["trafficType"]),
  };
}

function count(value: JsonValue | undefined): number {
  return asCount(value) ?? 0;
}

function ofModality(details: JsonValue | undefined, modality: string): number | undefined {
  if (details === undefined) return undefined;
  return asCount(asObjects(details).find((detail) => detail["modality"] === modality)?.["tokenCount"]);
}
