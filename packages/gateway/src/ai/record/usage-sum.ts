/** The counts of several answers together. */
import type { Usage } from "../conversation/answer.ts";

const counted = [
  "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "cacheWrite1hTokens", "reasoningTokens", "cacheReadAudioTokens", "audioInputTokens", "audioOutputTokens", "imageInputTokens", "imageOutputTokens", "webSearchRequests",
] as const;

/** In the service tier of the first. */
export function sumOfUsage(one: Usage, other: Usage): Usage {
  const total: { -readonly [Name in keyof Usage]: Usage[Name] } = { inputTokens: 0, outputTokens: 0, serviceTier: one.serviceTier };
  for (const name of counted) if (one[name] !== undefined || other[name] !== undefined) total[name] = (one[name] ?? 0) + (other[name] ?? 0);
  return total;
}
