/** Providers that make models and speak a format of their own, or OpenAI's with its whole width. */
import type { CatalogueEntry } from "./entry.ts";

export const makers: readonly CatalogueEntry[] = [
  {
    kind: "openai", title: "OpenAI", dialect: "openai-chat", alsoSpeaks: ["openai-responses"], baseUrl: "https://api.openai.com/v1", baseUrlVariable: "OPENAI_BASE_URL",
    keyVariables: ["OPENAI_API_KEY"], credentials: "bearer",
    models: [
      "gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.2", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano",
      "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "o3", "o3-mini", "o4-mini", "gpt-4-turbo", "gpt-4", "gpt-3.5-turbo",
    ],
  },
  {
    kind: "anthropic", title: "Anthropic", dialect: "anthropic-messages", baseUrl: "https://api.anthropic.com", baseUrlVariable: "ANTHROPIC_BASE_URL",
    keyVariables: ["ANTHROPIC_API_KEY"], credentials: "x-api-key", supports: ["chat", "files", "batches"],
    models: [
      "claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5",
      "claude-haiku-4-5", "claude-opus-4-1", "claude-opus-4-0", "claude-opus-4", "claude-sonnet-4-0", "claude-sonnet-4", "claude-3-7-sonnet-latest",
      "claude-3-7-sonnet", "claude-3-5-haiku-latest", "claude-3-5-haiku", "claude-3-5-sonnet", "claude-3-haiku",
    ],
  },
  {
    kind: "gemini", title: "Google Gemini", dialect: "gemini", baseUrl: "https://generativelanguage.googleapis.com", baseUrlVariable: null,
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], credentials: "x-goog-api-key", supports: ["chat", "embeddings", "images", "speech", "files", "batches"],
    models: [
      "gemini-3.5-flash", "gemini-3.1-pro-preview", "gemini-3-pro-preview", "gemini-3-flash-preview",
      "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.0-flash", "gemini-2.0-flash-lite",
    ],
  },
  {
    kind: "mistral", title: "Mistral", dialect: "mistral-chat", baseUrl: "https://api.mistral.ai/v1", baseUrlVariable: null,
    keyVariables: ["MISTRAL_API_KEY"], credentials: "bearer", supports: ["chat", "embeddings", "moderations", "transcription", "files", "batches"],
    models: [
      "mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "magistral-medium-latest", "magistral-small-latest",
      "codestral-latest", "devstral-medium-latest", "ministral-8b-latest", "ministral-3b-latest", "pixtral-large-latest", "open-mistral-nemo",
    ],
  },
  {
    kind: "cohere", title: "Cohere", dialect: "cohere-chat", baseUrl: "https://api.cohere.com", baseUrlVariable: "CO_API_URL",
    keyVariables: ["COHERE_API_KEY", "CO_API_KEY"], credentials: "bearer", supports: ["chat", "embeddings", "rerank"],
    models: [
      "command-a-plus-05-2026", "command-a-03-2025", "command-a-reasoning-08-2025", "command-a-vision-07-2025", "command-r-plus-08-2024", "command-r-08-2024",
      "command-r-plus", "command-r", "command-r7b-12-2024", "embed-v4.0", "embed-english-v3.0", "embed-multilingual-v3.0", "rerank-v3.5", "rerank-v4.0-pro", "rerank-v4.0-fast",
    ],
  },
  {
    kind: "xai", title: "xAI", dialect: "openai-chat", alsoSpeaks: ["openai-responses"], baseUrl: "https://api.x.ai/v1", baseUrlVariable: null,
    keyVariables: ["XAI_API_KEY"], credentials: "bearer", supports: ["chat", "responses", "images", "files", "batches", "realtime"], quirks: { drops: ["metadata", "service_tier"], refuses: ["logit_bias"] },
    models: ["grok-4.3", "grok-4", "grok-4-fast-reasoning", "grok-4-fast-non-reasoning", "grok-4-1-fast-reasoning", "grok-4-1-fast-non-reasoning", "grok-code-fast-1", "grok-3", "grok-3-mini"],
  },
  {
    kind: "deepseek", title: "DeepSeek", dialect: "openai-chat", baseUrl: "https://api.deepseek.com", baseUrlVariable: "DEEPSEEK_BASE_URL",
    keyVariables: ["DEEPSEEK_API_KEY"], credentials: "bearer", supports: ["chat", "completions"],
    quirks: { renames: { max_completion_tokens: "max_tokens" }, drops: ["seed", "user", "metadata", "service_tier", "parallel_tool_calls"], refuses: ["n", "logit_bias"], noDeveloperRole: true, noJsonSchema: true, takesReasoning: "reasoning_content" },
    models: ["deepseek-v4-pro", "deepseek-v4-flash", "deepseek-chat", "deepseek-reasoner"],
  },
  {
    kind: "llama", title: "Meta Llama API", dialect: "openai-chat", baseUrl: "https://api.llama.com/compat/v1", baseUrlVariable: null,
    keyVariables: ["LLAMA_API_KEY"], credentials: "bearer", supports: ["chat", "moderations"],
    quirks: { drops: ["seed", "metadata", "service_tier", "presence_penalty", "parallel_tool_calls"], refuses: ["n", "logit_bias", "logprobs", "stop"], noDeveloperRole: true },
    models: ["Llama-4-Maverick-17B-128E-Instruct-FP8", "Llama-4-Scout-17B-16E-Instruct-FP8", "Llama-3.3-70B-Instruct", "Llama-3.3-8B-Instruct"],
  },
  {
    kind: "perplexity", title: "Perplexity", dialect: "openai-chat", baseUrl: "https://api.perplexity.ai", baseUrlVariable: null,
    keyVariables: ["PERPLEXITY_API_KEY", "PPLX_API_KEY"], credentials: "bearer", supports: ["chat", "embeddings"],
    quirks: { renames: { max_completion_tokens: "max_tokens" }, drops: ["seed", "user", "metadata", "service_tier", "parallel_tool_calls", "tool_choice"], refuses: ["tools", "n", "logit_bias", "logprobs"], noDeveloperRole: true },
    models: ["sonar", "sonar-pro", "sonar-reasoning-pro", "sonar-deep-research"],
  },
  {
    kind: "ai21", title: "AI21", dialect: "openai-chat", baseUrl: "https://api.ai21.com/studio/v1", baseUrlVariable: null,
    keyVariables: ["AI21_API_KEY"], credentials: "bearer", supports: ["chat"],
    quirks: {
      renames: { max_completion_tokens: "max_tokens" }, drops: ["seed", "user", "metadata", "service_tier", "parallel_tool_calls", "presence_penalty", "frequency_penalty", "stream_options"],
      refuses: ["logit_bias", "logprobs"], noDeveloperRole: true, noJsonSchema: true,
    },
    models: ["jamba-large", "jamba-mini"],
  },
  {
    kind: "voyage", title: "Voyage AI", dialect: "openai-chat", baseUrl: "https://api.voyageai.com/v1", baseUrlVariable: null,
    keyVariables: ["VOYAGE_API_KEY"], credentials: "bearer", supports: ["embeddings", "rerank"],
    models: ["voyage-3.5", "voyage-3.5-lite", "voyage-3-large", "voyage-code-3", "voyage-finance-2", "voyage-law-2", "rerank-2.5", "rerank-2.5-lite"],
  },
  {
    kind: "jina", title: "Jina AI", dialect: "openai-chat", baseUrl: "https://api.jina.ai/v1", baseUrlVariable: null,
    keyVariables: ["JINA_API_KEY"], credentials: "bearer", supports: ["embeddings", "rerank"],
    models: ["jina-embeddings-v4", "jina-embeddings-v3", "jina-clip-v2", "jina-code-embeddings-1.5b", "jina-reranker-v3", "jina-reranker-m0", "jina-reranker-v2-base-multilingual"],
  },
];
