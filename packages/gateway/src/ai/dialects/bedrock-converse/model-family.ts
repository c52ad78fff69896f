/** Whose model an id means: us.anthropic.claude-sonnet-4-6, arn:aws:bedrock:…/amazon.nova-lite-v1:0, openai.gpt-oss-120b-1:0. */
export type ModelFamily = "claude" | "nova" | "nova-2" | "gpt-oss" | "other";

export function modelFamily(model: string): ModelFamily {
  if (model.includes("anthropic.") || model.includes("claude")) return "claude";
  if (model.includes("amazon.nova-2")) return "nova-2";
  if (model.includes("amazon.nova")) return "nova";
  return model.includes("openai.gpt-oss") ? "gpt-oss" : "other";
}
