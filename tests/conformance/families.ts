/** The families of providers that are compared, and who reads what they say. */
import { readAnthropic } from "./readings/anthropic.ts";
import { readBedrock } from "./readings/bedrock.ts";
import { readCohere } from "./readings/cohere.ts";
import { readGemini } from "./readings/gemini.ts";
import { readMistral } from "./readings/mistral.ts";
import { readOllama } from "./readings/ollama.ts";
import { object } from "./readings/reading.ts";
import type { Reading } from "./readings/reading.ts";
import type { RecordedResponse } from "./recordings.ts";
import { readAnthropicRequest } from "./sayings/anthropic.ts";
import { readBedrockRequest } from "./sayings/bedrock.ts";
import { readCohereRequest } from "./sayings/cohere.ts";
import { readGeminiRequest } from "./sayings/gemini.ts";
import { readMistralRequest } from "./sayings/mistral.ts";
import { readOllamaRequest } from "./sayings/ollama.ts";
import type { Saying } from "./sayings/saying.ts";

/** One whose wire format is translated. */
export interface TranslatedFamily {
  title: string;
  endpoints: readonly string[];
  /** The `kind` of its provider in the configuration, and the path that its base URL ends in. */
  kind: string;
  basePath: string;
  dialect: string;
  readRequest(body: unknown): Saying;
  readAnswer(response: RecordedResponse): Reading;
}

export const translatedFamilies: readonly TranslatedFamily[] = [
  { title: "Anthropic", endpoints: ["anthropic.messages"], kind: "anthropic", basePath: "", dialect: "anthropic-messages", readRequest: readAnthropicRequest, readAnswer: readAnthropic },
  {
    title: "Gemini",
    endpoints: ["gemini.generateContent", "gemini.streamGenerateContent", "vertex.generateContent", "vertex.streamGenerateContent"],
    kind: "gemini", basePath: "", dialect: "gemini", readRequest: readGeminiRequest, readAnswer: readGemini,
  },
  { title: "Mistral", endpoints: ["mistral.chat"], kind: "mistral", basePath: "/v1", dialect: "mistral-chat", readRequest: readMistralRequest, readAnswer: readMistral },
  {
    title: "Bedrock", endpoints: ["bedrock.converse", "bedrock.converseStream"], kind: "bedrock", basePath: "", dialect: "anthropic-messages",
    // What Converse has no place for goes to Anthropic's models in Anthropic's words.
    readRequest: (body) => (typeof object(body).anthropic_version === "string" ? readAnthropicRequest(body) : readBedrockRequest(body)), readAnswer: readBedrock,
  },
  { title: "Cohere", endpoints: ["cohere.chat"], kind: "cohere", basePath: "", dialect: "cohere-chat", readRequest: readCohereRequest, readAnswer: readCohere },
  { title: "Ollama", endpoints: ["ollama.chat"], kind: "ollama", basePath: "", dialect: "ollama-chat", readRequest: readOllamaRequest, readAnswer: readOllama },
];

/** Those that speak chat completions themselves, whose bytes pass. The first is OpenAI's own. */
export const compatibleEndpoints: readonly string[] = [
  "openai.chat", "azure.chat", "groq.chat", "deepseek.chat", "xai.chat", "together.chat", "openrouter.chat", "llamacpp.chat", "cerebras.chat",
  "ollama.openai_chat", "alibaba.chat", "avian.chat", "cloudflare.chat", "copilot.chat", "doubleword.chat", "gpustack.chat", "huggingface.chat",
  "litellm-proxy.chat", "moonshot.chat", "perplexity.chat", "snowflake.chat", "venice.chat", "vercel-gateway.chat", "writer.chat", "zai.chat", "bedrock-mantle.chat",
];
