/**
 * In which tier an answer was given, in the words of each API that tells it. OpenAI and Bedrock call `default` what Anthropic and
 * Google call standard; a word that nobody else has stays as it is.
 */
const usual: ReadonlySet<string> = new Set(["default", "standard", "on_demand", "auto", "standard_only"]);

export function toldTier(tier: string, usualWord: "default" | "standard"): string {
  const word = tier.toLowerCase();
  return usual.has(word) ? usualWord : word;
}
