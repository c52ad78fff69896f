/** One provider of every kind, all at one address, and what each is asked for: its path tells which dialect it is spoken to in. */
import type { ProviderSource } from "@parley/contract/config/ai";
import type { scriptedUpstreams } from "./scripted-upstreams.ts";

interface KindOfProvider {
  says: keyof typeof scriptedUpstreams;
  source: (url: string) => ProviderSource;
  model: string;
  path: RegExp;
}

export const everyProvider: Record<string, KindOfProvider> = {
  openai: { says: "openai-chat", model: "gpt-4o", source: (url) => ({ apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/(?:chat\/completions|responses)$/ },
  deepseek: { says: "deepseek-chat", model: "deepseek-chat", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/chat\/completions$/ },
  responses: { says: "openai-responses", model: "m", source: (url) => ({ kind: "openai-responses", apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/responses$/ },
  anthropic: { says: "anthropic-messages", model: "claude-sonnet-4-5", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v1\/messages$/ },
  gemini: { says: "gemini", model: "gemini-2.5-flash", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v1beta\/models\/gemini-2\.5-flash:\w+(?:\?alt=sse)?$/ },
  mistral: { says: "mistral-chat", model: "magistral-medium-latest", source: (url) => ({ apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/chat\/completions$/ },
  ollama: { says: "ollama-chat", model: "qwen3", source: (url) => ({ baseUrl: url }), path: /^\/api\/chat$/ },
  bedrock: { says: "bedrock-converse", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/model\/us\.anthropic\.claude-sonnet-4-5-20250929-v1%3A0\/converse(?:-stream)?$/ },
  cohere: { says: "cohere-chat", model: "command-a-reasoning-08-2025", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v2\/chat$/ },
  azure: { says: "openai-chat", model: "my-gpt", source: (url) => ({ kind: "azure-openai", apiKey: "k", baseUrl: url, apiVersion: "2024-10-21" }), path: /^\/openai\/(?:deployments\/my-gpt\/chat\/completions|responses)\?api-version=2024-10-21$/ },
  vertex: { says: "gemini", model: "gemini-2.5-flash", source: (url) => ({ apiKey: "k", baseUrl: url, project: "p", location: "l" }), path: /^\/v1beta1\/projects\/p\/locations\/l\/publishers\/google\/models\/gemini-2\.5-flash:\w+(?:\?alt=sse)?$/ },
  "vertex-claude": { says: "anthropic-messages", model: "claude-sonnet-4-5@20250929", source: (url) => ({ kind: "vertex", accessToken: "t", baseUrl: url, project: "p", location: "l" }), path: /^\/v1\/projects\/p\/locations\/l\/publishers\/anthropic\/models\/claude-sonnet-4-5@20250929:(?:streamRawPredict|rawPredict)$/ },
};

/** A provider that speaks several dialects answers in the one that it was asked in. */
export function saidTo(path: string, says: keyof typeof scriptedUpstreams): keyof typeof scriptedUpstreams {
  return path.includes("/responses") ? "openai-responses" : says;
}
